//! Connections over TLS: the certificate and its key from files, and nothing older than TLS 1.2.

use std::io;
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum_server::tls_rustls::{RustlsConfig, from_tcp_rustls};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem};

use crate::{ServeError, Tls};

/// Reads a certificate and its key.
pub(crate) fn configuration(tls: &Tls) -> Result<Arc<ServerConfig>, ServeError> {
    let wrong = |file: &Path, why: String| ServeError::Configuration { file: file.display().to_string(), why };
    let unreadable = |file: &Path| {
        let file = file.to_path_buf();
        move |e: pem::Error| wrong(&file, format!("{e}; expected PEM"))
    };
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(&tls.certificate)
        .and_then(Iterator::collect)
        .map_err(unreadable(&tls.certificate))?;
    if chain.is_empty() {
        return Err(wrong(&tls.certificate, "holds no certificate; expected PEM".to_owned()));
    }
    let key = PrivateKeyDer::from_pem_file(&tls.key).map_err(unreadable(&tls.key))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| wrong(&tls.certificate, e.to_string()))?;
    let mut config = builder
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|e| wrong(&tls.certificate, format!("does not go with the key {}: {e}", tls.key.display())))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// Serves over TLS until the process ends.
pub(crate) async fn serve(listener: TcpListener, config: Arc<ServerConfig>, router: Router) -> io::Result<()> {
    let config = RustlsConfig::from_config(config);
    from_tcp_rustls(listener, config)?.serve(router.into_make_service()).await
}
