//! `tutela serve`

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use tutela_server::{Options, Tls, Told, serve};

use crate::output::{say, tell};

/// `tutela serve`
#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// The cases. Each is held by this process as long as it serves.
    #[arg(required = true)]
    cases: Vec<PathBuf>,
    /// Where to listen. Other addresses than those of this machine alone are served over TLS only, and where every case has
    /// people. Port 0 takes any that is free.
    #[arg(long, default_value = "127.0.0.1:8420")]
    listen: SocketAddr,
    /// The certificate for TLS, with those that lead to an authority (PEM).
    #[arg(long, requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The certificate's private key (PEM).
    #[arg(long, requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// A name under which browsers ask for this server, as in its certificate; once for each name.
    #[arg(long = "host", value_name = "NAME")]
    hosts: Vec<String>,
    /// The configuration of an OpenID provider with which people sign in (JSON).
    #[arg(long, value_name = "FILE")]
    oidc: Option<PathBuf>,
    /// The most that files on their way from browsers into a case may take together, in MiB.
    #[arg(long, default_value_t = 8192)]
    upload_mib: u64,
}

pub(crate) fn run(args: &ServeArgs, by: &str) -> anyhow::Result<ExitCode> {
    let tls = args.tls_cert.clone().zip(args.tls_key.clone());
    let options = Options {
        cases: args.cases.clone(),
        listen: args.listen,
        who: by.to_owned(),
        tls: tls.map(|(certificate, key)| Tls { certificate, key }),
        names: args.hosts.clone(),
        provider: args.oidc.clone(),
        upload_bytes_max: args.upload_mib << 20,
    };
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
        Told::Listening { people: true, .. } => tell(&format!("{told} (end with Ctrl-C)")),
        Told::Listening { .. } => tell(&format!("{told} (acts are logged as {who}; end with Ctrl-C)")),
    };
    serve(&options, Box::new(told))?;
    Ok(ExitCode::SUCCESS)
}
