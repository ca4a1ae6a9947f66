//! The stream of what changes in a case. It ends with the session that asked for it.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event as Sent, KeepAlive, Sse};
use futures::Stream;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tutela_case::{Act, Actor};

use super::{Who, case_named};
use crate::App;
use crate::feed::Event;
use crate::held::{HeldCase, actor};
use crate::problem::{Named, Problem};
use crate::sign_in::Visitor;

/// How often it is seen whether the session still is.
const LOOKED_EVERY: Duration = Duration::from_secs(10);

struct Listener {
    app: App,
    visitor: Visitor,
    case: Arc<HeldCase>,
    actor: Actor,
    events: Receiver<Event>,
}

pub(super) async fn show(
    State(app): State<App>,
    visitor: Who,
    Named(name): Named<String>,
) -> Result<Sse<impl Stream<Item = Result<Sent, Infallible>>>, Problem> {
    let case = case_named(&app, &name)?;
    let events = case.feed.listen();
    let listener = Listener { app, visitor: visitor.0, case, actor: actor()?, events };
    let keep = KeepAlive::new().interval(LOOKED_EVERY);
    Ok(Sse::new(futures::stream::unfold(listener, next)).keep_alive(keep))
}

async fn next(mut listener: Listener) -> Option<(Result<Sent, Infallible>, Listener)> {
    loop {
        let event = tokio::select! {
            event = listener.events.recv() => match event {
                Ok(event) => Some(event),
                Err(RecvError::Lagged(_)) => Some(Event::Missed),
                Err(RecvError::Closed) => return None,
            },
            () = tokio::time::sleep(LOOKED_EVERY) => None,
        };
        let is_in = listener.case.shared.holds(&listener.actor).unwrap_or(false);
        if !is_in || !listener.app.sign_in.is_there(&listener.visitor) {
            return None;
        }
        // Jobs name files.
        let sees = |event: &Event| !matches!(event, Event::Job { .. }) || listener.actor.may(Act::Sources);
        let Some(event) = event.filter(sees) else { continue };
        if let Ok(sent) = Sent::default().json_data(&event) {
            return Some((Ok(sent), listener));
        }
    }
}
