//! TLS without a proxy: a chain and a key from two files, read again when the program is told so.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio_rustls::TlsAcceptor;

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read as PEM.
    #[error("{}: {error}", file.display())]
    File {
        /// Which.
        file: PathBuf,
        /// Why.
        error: pem::Error,
    },
    /// The certificate and the key do not go together, or are of a kind that is not known.
    #[error("{} and {}: {error}", certificate.display(), key.display())]
    Pair {
        /// The file of the certificate.
        certificate: PathBuf,
        /// The file of the key.
        key: PathBuf,
        /// Why.
        error: rustls::Error,
    },
}

/// The certificate of the server. Cheap to clone: a clone that reads the files anew does so for all.
#[derive(Debug, Clone)]
pub struct Tls {
    certificate: PathBuf,
    key: PathBuf,
    current: Arc<Current>,
    config: Arc<ServerConfig>,
}

/// What new connections are shown.
#[derive(Debug)]
struct Current(RwLock<Arc<CertifiedKey>>);

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl Tls {
    /// Reads a chain of certificates, the server's first, and its key, both as PEM.
    pub fn load(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let provider = Arc::new(ring::default_provider());
        let first = read(certificate, key, &provider)?;
        let current = Arc::new(Current(RwLock::new(Arc::new(first))));
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| pair(certificate, key, error))?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&current) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { certificate: certificate.into(), key: key.into(), current, config: Arc::new(config) })
    }

    /// Reads both files again; new connections are shown what stands there now. With a fault in them all stays as it is.
    pub fn reload(&self) -> Result<(), TlsError> {
        let next = read(&self.certificate, &self.key, self.config.crypto_provider())?;
        *self.current.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
        Ok(())
    }

    pub(super) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.config))
    }
}

fn read(certificate: &Path, key: &Path, provider: &CryptoProvider) -> Result<CertifiedKey, TlsError> {
    let of = |file: &Path| {
        let file = file.to_owned();
        move |error| TlsError::File { file: file.clone(), error }
    };
    let chain = CertificateDer::pem_file_iter(certificate)
        .map_err(of(certificate))?
        .collect::<Result<Vec<_>, _>>()
        .map_err(of(certificate))?;
    let private = PrivateKeyDer::from_pem_file(key).map_err(of(key))?;
    CertifiedKey::from_der(chain, private, provider).map_err(|error| pair(certificate, key, error))
}

fn pair(certificate: &Path, key: &Path, error: rustls::Error) -> TlsError {
    TlsError::Pair { certificate: certificate.into(), key: key.into(), error }
}
