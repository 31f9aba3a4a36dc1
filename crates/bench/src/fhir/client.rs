//! Asking a FHIR server, ours or another, as any client would.

use std::time::Duration;

use serde_json::Value;

/// A FHIR server and who asks it; clones share their connections.
#[derive(Clone)]
pub struct Client {
    agent: ureq::Agent,
    base: String,
    token: Option<String>,
}

/// An answer.
pub struct Answer {
    pub status: u16,
    pub bytes: Vec<u8>,
    /// `Content-Location`, of a request that goes on in the background.
    pub location: Option<String>,
}

impl Answer {
    /// The body, or `null` where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_default()
    }
}

impl Client {
    /// A client of the server at `base`, such as `http://127.0.0.1:8080/fhir`.
    pub fn new(base: &str, token: Option<String>) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_idle_connections(128)
            .max_idle_connections_per_host(128)
            .timeout_global(Some(Duration::from_secs(300)))
            .build();
        Self {
            agent: ureq::Agent::new_with_config(config),
            base: base.trim_end_matches('/').to_owned(),
            token,
        }
    }

    /// Asks for a path below the base, or for a whole address.
    pub fn get(&self, path: &str) -> Answer {
        self.get_with(path, None)
    }

    /// Asks for something that takes a while.
    pub fn get_later(&self, path: &str) -> Answer {
        self.get_with(path, Some("respond-async"))
    }

    fn get_with(&self, path: &str, prefer: Option<&str>) -> Answer {
        let mut request = self
            .agent
            .get(self.address(path))
            .header("accept", "application/fhir+json");
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(prefer) = prefer {
            request = request.header("prefer", prefer);
        }
        answer(request.call())
    }

    /// Sends a resource.
    pub fn post(&self, path: &str, resource: &Value) -> Answer {
        let mut request = self
            .agent
            .post(self.address(path))
            .header("content-type", "application/fhir+json");
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        answer(request.send(resource.to_string()))
    }

    fn address(&self, path: &str) -> String {
        if path.starts_with("http") {
            return path.to_owned();
        }
        format!("{}{path}", self.base)
    }
}

fn answer(sent: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Answer {
    let mut reply = sent.unwrap_or_else(|error| panic!("the FHIR server did not answer: {error}"));
    let location = reply.headers().get("content-location");
    let location = location
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    let status = reply.status().as_u16();
    let body = reply.body_mut().with_config().limit(u64::MAX);
    Answer {
        status,
        bytes: body.read_to_vec().unwrap_or_default(),
        location,
    }
}

/// Text as a part of a query.
pub fn encoded(text: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
