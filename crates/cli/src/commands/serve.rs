//! `tutela serve`

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use tutela_server::{Options, Told, serve};

use crate::output::{say, tell};

/// `tutela serve`
#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// The cases. Each is held by this process as long as it serves.
    #[arg(required = true)]
    cases: Vec<PathBuf>,
    /// Where to listen: an address of this machine alone. Port 0 takes any that is free.
    #[arg(long, default_value = "127.0.0.1:8420")]
    listen: SocketAddr,
}

pub(crate) fn run(args: &ServeArgs, by: &str) -> anyhow::Result<ExitCode> {
    let options = Options { cases: args.cases.clone(), listen: args.listen, who: by.to_owned() };
    let who = by.to_owned();
    let told = move |told: &Told| match told {
        Told::SignIn { .. } => {
            tell(
                "open this link to sign in; it is good for one browser, once, and the next one follows when it is used:",
            );
            // Standard output has the links alone; where nobody reads it, the server goes on.
            if say(&told.to_string()).is_err() {
                tell(&told.to_string());
            }
        }
        Told::Listening { .. } => tell(&format!("{told} (acts are logged as {who}; end with Ctrl-C)")),
    };
    serve(&options, Box::new(told))?;
    Ok(ExitCode::SUCCESS)
}
