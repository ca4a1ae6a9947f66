//! TLS to a PostgreSQL server. Its certificate is always checked: an encrypted line to somebody unknown protects nothing.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::url::StoreUrl;
use crate::CaseError;

/// Where systems keep the certificates they trust.
const SYSTEM: [&str; 3] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];

/// What connects by TLS to a server whose certificate is signed by one that is trusted.
///
/// # Errors
/// Where no certificates are there to check with.
pub(super) fn connector(url: &StoreUrl) -> Result<MakeRustlsConnect, CaseError> {
    let system = || SYSTEM.iter().map(PathBuf::from).find(|path| path.exists());
    let Some(path) = url.roots().or_else(system) else {
        return Err(CaseError::Usage(
            "TLS to the database: there are no certificates to check the server's with; name a file with \
             ?sslrootcert=FILE or PGSSLROOTCERT"
                .to_owned(),
        ));
    };
    let mut roots = RootCertStore::empty();
    for certificate in certificates(&path)? {
        // A system's file may hold some that this library does not take; those are of no use then.
        let _unusable = roots.add(certificate);
    }
    if roots.is_empty() {
        return Err(CaseError::Usage(format!(
            "{}: holds no certificate to check the server's with; expected PEM",
            path.display()
        )));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| CaseError::Usage(format!("TLS to the database: {e}")))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, CaseError> {
    let text = std::fs::read(path).map_err(CaseError::io(path))?;
    CertificateDer::pem_slice_iter(&text)
        .collect::<Result<_, _>>()
        .map_err(|e| CaseError::Usage(format!("{}: is not PEM ({e})", path.display())))
}
