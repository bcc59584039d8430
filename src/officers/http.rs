//! The routes of officers, their sessions, teams and tokens, and of the audit log.

mod access;
mod call;
mod invitations;
mod me;
mod session;
mod staff;
mod teams;
pub mod words;

use utoipa_axum::routes;

use super::policy::Permission;
use crate::http::{Access, Routes};

/// Mounts the routes.
#[must_use]
pub fn routes(routes: Routes) -> Routes {
    let colleagues = Access::May(Permission::ConversationsRead);
    let staff = Access::May(Permission::OfficersManage);
    let tokens = Access::May(Permission::TokensManage);
    routes
        .add(Access::Public, routes!(session::sign_in))
        .add(Access::SignedIn, routes!(session::sign_out))
        .add(Access::Public, routes!(session::set_up_needed, session::set_up))
        .add(Access::Public, routes!(invitations::accept_invitation))
        .add(Access::SignedIn, routes!(me::me, me::change_me))
        .add(Access::SignedIn, routes!(me::my_sessions))
        .add(Access::SignedIn, routes!(me::end_my_session))
        .add(colleagues, routes!(staff::list_officers))
        .add(staff, routes!(staff::invite_officer))
        .add(staff, routes!(staff::change_officer))
        .add(staff, routes!(invitations::invite_again))
        .add(staff, routes!(staff::end_officer_sessions))
        .add(colleagues, routes!(teams::list_teams))
        .add(staff, routes!(teams::add_team))
        .add(staff, routes!(teams::change_team, teams::remove_team))
        .add(tokens, routes!(access::list_tokens, access::make_token))
        .add(tokens, routes!(access::revoke_token))
        .add(Access::SignedIn, routes!(access::list_permissions))
        .add(Access::May(Permission::AuditRead), routes!(access::list_audit))
}
