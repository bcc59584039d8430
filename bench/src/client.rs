//! An officer's program: calls of the API with a session's cookie.

use std::net::SocketAddr;

use anyhow::{Context, ensure};
use reqwest::{Method, header};
use sapa_channel::ChannelId;
use serde_json::{Value, json};

/// The hub's mailbox.
pub const MAILBOX: &str = "halo@kopiseruni.example";

/// A client that is signed in as the hub's first administrator.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    /// Where the hub is.
    pub hub: SocketAddr,
    /// The session's cookie.
    pub cookie: String,
}

impl Client {
    /// Makes the first administrator of a new hub.
    pub async fn set_up(hub: SocketAddr) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder().build()?;
        let mut client = Self { http, hub, cookie: String::new() };
        let first = json!({ "name": "Ayu", "email": "ayu@kopiseruni.example", "password": "kopi susu gula aren" });
        let response = client.request(Method::POST, "/setup", Some(&first)).send().await?;
        ensure!(
            response.status().is_success(),
            "the hub was not set up: {}",
            response.text().await?
        );
        let cookie = response.headers().get(header::SET_COOKIE).context("no session")?.to_str()?;
        cookie.split(';').next().unwrap_or_default().clone_into(&mut client.cookie);
        Ok(client)
    }

    /// A client by a session's cookie.
    pub fn signed_in(hub: SocketAddr, cookie: String) -> anyhow::Result<Self> {
        Ok(Self { http: reqwest::Client::builder().build()?, hub, cookie })
    }

    fn request(&self, method: Method, path: &str, body: Option<&Value>) -> reqwest::RequestBuilder {
        let url = format!("http://{}/api/v1{path}", self.hub);
        let mut request = self.http.request(method, url).header(header::COOKIE, &self.cookie);
        if let Some(body) = body {
            request =
                request.header(header::CONTENT_TYPE, "application/json").body(body.to_string());
        }
        request
    }

    /// Reads the whole answer and does not look into it.
    pub async fn fetch(&self, path: &str) -> anyhow::Result<usize> {
        let response = self.request(Method::GET, path, None).send().await?.error_for_status()?;
        Ok(response.bytes().await?.len())
    }

    /// Changes.
    pub async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let response = self.request(Method::POST, path, Some(body)).send().await?;
        let (status, text) = (response.status(), response.text().await?);
        ensure!(status.is_success(), "{path}: {status} {text}");
        Ok(serde_json::from_str(&text)?)
    }

    /// Reads.
    pub async fn get(&self, path: &str) -> anyhow::Result<Value> {
        let response = self.request(Method::GET, path, None).send().await?;
        let (status, text) = (response.status(), response.text().await?);
        ensure!(status.is_success(), "{path}: {status} {text}");
        Ok(serde_json::from_str(&text)?)
    }

    /// Changes, with an idempotency key if one is given; the status and the answer whatever they are.
    pub async fn try_post(
        &self,
        path: &str,
        body: &Value,
        key: Option<&str>,
    ) -> anyhow::Result<(u16, Value)> {
        self.call(Method::POST, path, body, key).await
    }

    /// Changes what is there.
    pub async fn patch(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let (status, answer) = self.call(Method::PATCH, path, body, None).await?;
        ensure!((200..300).contains(&status), "{path}: {status} {answer}");
        Ok(answer)
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        body: &Value,
        key: Option<&str>,
    ) -> anyhow::Result<(u16, Value)> {
        let mut request = self.request(method, path, Some(body));
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let response = request.send().await?;
        let (status, text) = (response.status().as_u16(), response.text().await?);
        Ok((status, serde_json::from_str(&text).unwrap_or(Value::String(text))))
    }

    /// Adds the mailbox as a channel.
    pub async fn add_mailbox(&self) -> anyhow::Result<ChannelId> {
        let new = json!({ "kind": "email", "name": "Kopi Seruni", "address": MAILBOX });
        let channel = self.post("/channels", &new).await?;
        let id = channel["id"].as_str().context("a channel has an id")?.parse()?;
        Ok(ChannelId(id))
    }
}
