//! A caller of the API.

use reqwest::{Method, Response, StatusCode, header};
use serde_json::Value;

/// A caller, signed in or not.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    url: String,
    cookie: std::sync::Arc<std::sync::Mutex<Option<String>>>,
    token: Option<String>,
    pub id: Value,
}

impl Client {
    /// Nobody yet.
    #[expect(clippy::disallowed_methods, reason = "tests call the hub on this machine")]
    pub fn anonymous(url: String) -> Self {
        Self {
            http: reqwest::Client::new(),
            url,
            cookie: std::sync::Arc::default(),
            token: None,
            id: Value::Null,
        }
    }

    /// A program with an API token.
    pub fn with_token(url: String, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..Self::anonymous(url) }
    }

    /// Says who it is.
    pub fn is(self, id: Value) -> Self {
        Self { id, ..self }
    }

    /// The session's cookie.
    pub fn cookie(&self) -> Option<String> {
        self.cookie.lock().expect("no test panics while it holds this").clone()
    }

    /// A call as it is.
    pub async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Response {
        self.call_with(method, path, body, &[]).await
    }

    /// A call with headers.
    pub async fn call_with(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
        headers: &[(&'static str, &str)],
    ) -> Response {
        let path =
            if path.starts_with("/api/") { path.to_owned() } else { format!("/api/v1{path}") };
        let mut request = self.http.request(method, format!("{}{path}", self.url));
        if let Some(cookie) = self.cookie() {
            request = request.header(header::COOKIE, cookie);
        }
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request =
                request.header(header::CONTENT_TYPE, "application/json").body(body.to_string());
        }
        let response = request.send().await.expect("the hub answers");
        if let Some(set) = response.headers().get(header::SET_COOKIE) {
            let pair =
                set.to_str().expect("plain").split(';').next().unwrap_or_default().to_owned();
            *self.cookie.lock().expect("no test panics while it holds this") = Some(pair);
        }
        response
    }

    async fn good(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let shown = format!("{method} {path}");
        let response = self.call(method, path, body).await;
        let status = response.status();
        let text = response.text().await.expect("a whole answer");
        assert!(status.is_success(), "{shown}: {status} {text}");
        if text.is_empty() { Value::Null } else { serde_json::from_str(&text).expect("JSON") }
    }

    pub async fn get(&self, path: &str) -> Value {
        self.good(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Value {
        self.good(Method::POST, path, Some(body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Value {
        self.good(Method::PUT, path, Some(body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Value {
        self.good(Method::PATCH, path, Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Value {
        self.good(Method::DELETE, path, None).await
    }

    /// A call that is refused: its status and its problem.
    pub async fn refused(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> (StatusCode, Value) {
        let response = self.call(method, path, body).await;
        let status = response.status();
        assert!(!status.is_success(), "it was not refused");
        (status, response.json().await.expect("a problem in JSON"))
    }

    /// Sends a file to a route, and tells the answer as it is.
    pub async fn send_file(&self, path: &str, name: &str, bytes: Vec<u8>) -> Response {
        let part = reqwest::multipart::Part::bytes(bytes).file_name(name.to_owned());
        let form = reqwest::multipart::Form::new().part("file", part);
        let request = self
            .http
            .post(format!("{}/api/v1{path}", self.url))
            .header(header::COOKIE, self.cookie().expect("signed in"))
            .multipart(form);
        request.send().await.expect("the hub answers")
    }

    /// Uploads a file.
    pub async fn upload(&self, name: &str, media_type: &str, bytes: &[u8]) -> Value {
        let part = reqwest::multipart::Part::bytes(bytes.to_vec())
            .file_name(name.to_owned())
            .mime_str(media_type)
            .expect("a media type");
        let form = reqwest::multipart::Form::new().part("file", part);
        let request = self
            .http
            .post(format!("{}/api/v1/files", self.url))
            .header(header::COOKIE, self.cookie().expect("signed in"))
            .multipart(form);
        let response = request.send().await.expect("the hub answers");
        assert_eq!(response.status(), StatusCode::CREATED);
        response.json().await.expect("JSON")
    }
}
