//! Registering from several places at once, and for somebody else's clinic.

use serde_json::json;
use testkit::on_each_engine;

use super::{modules, register, wang, world};

#[test]
fn of_many_at_once_one_registers() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let doctor = app.client("village-doctor", world.village).await;
        let office = app.client("referral-office", world.lead).await;
        let post = |who: &testkit::Client| {
            let who = who.clone();
            async move { who.post("/api/patients", wang()).await }
        };
        let replies = tokio::join!(post(&doctor), post(&office), post(&doctor), post(&office));
        let replies = [replies.0, replies.1, replies.2, replies.3];
        let count = |status: u16| {
            replies
                .iter()
                .filter(|reply| reply.status.as_u16() == status)
                .count()
        };
        assert_eq!((count(201), count(409)), (1, 3));
        app.assert_audit_whole().await;
    });
}

#[test]
fn a_centre_registers_for_its_village_clinic() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let (lead, village) = (world.lead, world.village);
        let request = store::Request::system("test");
        let reach = app.store().write(&request, move |tx| {
            http::access::set_scope(tx, lead, kernel::Scope::Below, &[lead, village])
        });
        reach.await.unwrap();
        let doctor = app.client("general-practitioner", lead).await;
        let mut body = wang();
        body["org_id"] = json!(village);
        let id = register(&doctor, body).await;
        doctor.get(&format!("/api/patients/{id}")).await.expect(200);
        let at_village = app.client("village-doctor", village).await;
        at_village
            .get(&format!("/api/patients/{id}"))
            .await
            .expect(200);
    });
}
