//! The list of capabilities. Adding one is adding a folder and a line here.

use http::Module;

/// All modules, each after those it leans on.
pub fn all() -> Vec<Module> {
    vec![
        admin::module(),
        network::module(),
        terminology::module(),
        record::module(),
        resources::module(),
        referral::module(),
        exchange::module(),
        dispatch::module(),
        fhir_server::module(),
        documents::module(),
        hl7v2_server::module(),
        research::module(),
        smart::module(),
    ]
}
