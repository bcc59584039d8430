//! Whose pages may use the demonstration's chats: those that the hub itself serves.

use crate::{
    app::App,
    channels::queries,
    db::{DbResult, Tx},
};

/// The origins by which a browser reaches this hub.
pub fn of(app: &App) -> Vec<String> {
    let server = &app.config().server;
    let port = server.listen.port();
    let mut origins = vec![server.public_url.clone()];
    for host in ["localhost", "127.0.0.1"] {
        let origin = format!("http://{host}:{port}");
        if !origins.contains(&origin) {
            origins.push(origin);
        }
    }
    origins
}

/// Lets pages of these origins use the chats, beside those that an administrator added: the port may be
/// another one than last time.
pub async fn renew(tx: &mut Tx, origins: &[String]) -> DbResult<()> {
    for channel in queries::list(tx).await? {
        let ours = channel.kind == "webchat" && channel.address.ends_with(super::SITE_KEY);
        let mut settings = channel.settings.0;
        let missing: Vec<String> = origins
            .iter()
            .filter(|origin| !settings.allowed_origins.contains(origin))
            .cloned()
            .collect();
        if ours && !missing.is_empty() {
            settings.allowed_origins.extend(missing);
            queries::update(tx, channel.id, &channel.name, &settings, None, channel.enabled)
                .await?;
        }
    }
    Ok(())
}
