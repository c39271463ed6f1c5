//! What is counted, in the text format of OpenMetrics (`/metrics`).
//!
//! Labels come from closed lists or from the operator's own policy, **never** from what a request says: a stranger must
//! not be able to make new series. Nothing is counted by client or end-user.

mod hooks;

use gatewright_protocol::error::ErrorCode;
use gatewright_protocol::grant_type::GrantType;
use gatewright_protocol::token::TokenResponse;
use hooks::HookMetrics;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};
use std::time::Duration;

/// Stands for everything outside of a closed list.
const OTHER: &str = "other";
/// A refusal that the person was told on a page, and no client.
const DIRECT: &str = "direct";
/// Upper bounds of the latency histogram, in seconds: a token answered from memory takes one millisecond, a sign-in
/// with its password hash a hundred.
const LATENCY_S: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
const METHODS: [&str; 7] = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"];

/// The counters of one server.
pub struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    latency: Family<EndpointLabels, Histogram, fn() -> Histogram>,
    tokens: Family<TokenLabels, Counter>,
    refusals: Family<RefusalLabels, Counter>,
    hooks: HookMetrics,
    traces_left_out: Counter,
    logins: Family<LoginLabels, Counter>,
    activations: Family<ActivationLabels, Counter>,
    quarantines: Family<ActivationLabels, Counter>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    endpoint: &'static str,
    method: &'static str,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct EndpointLabels {
    endpoint: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TokenLabels {
    grant: &'static str,
    kind: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RefusalLabels {
    endpoint: &'static str,
    error: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct LoginLabels {
    acr: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ActivationLabels {
    outcome: &'static str,
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// All at nought.
    pub fn new() -> Self {
        let histogram: fn() -> Histogram = || Histogram::new(LATENCY_S);
        let mut metrics = Self {
            registry: Registry::with_prefix("gatewright"),
            requests: Family::default(),
            latency: Family::new_with_constructor(histogram),
            tokens: Family::default(),
            refusals: Family::default(),
            hooks: HookMetrics::new(),
            traces_left_out: Counter::default(),
            logins: Family::default(),
            activations: Family::default(),
            quarantines: Family::default(),
        };
        metrics.register();
        metrics
    }

    fn register(&mut self) {
        let registry = &mut self.registry;
        registry.register("build", "The server that runs", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
        registry.register("requests", "Answered requests", self.requests.clone());
        let latency = self.latency.clone();
        registry.register_with_unit("request_duration", "Time from a request to its answer", Unit::Seconds, latency);
        registry.register("tokens_issued", "Issued tokens", self.tokens.clone());
        registry.register("refusals", "Requests refused with an error of the protocol", self.refusals.clone());
        self.hooks.register(registry);
        let help = "Steps of traces that could not be written";
        registry.register("traces_left_out", help, self.traces_left_out.clone());
        registry.register("logins", "End-users who signed in", self.logins.clone());
        registry.register("policy_activations", "Policies that were to become live", self.activations.clone());
        let help = "Live policies that failed too often";
        registry.register("policy_quarantines", help, self.quarantines.clone());
    }

    /// A request was answered.
    pub fn request(&self, endpoint: &'static str, method: &str, status: u16, took: Duration) {
        let method = METHODS.into_iter().find(|known| *known == method).unwrap_or(OTHER);
        self.requests.get_or_create(&RequestLabels { endpoint, method, status }).inc();
        self.latency.get_or_create(&EndpointLabels { endpoint }).observe(took.as_secs_f64());
    }

    /// Tokens were issued for a grant of that type.
    pub fn tokens(&self, grant_type: &str, tokens: &TokenResponse) {
        let grant = GrantType::try_from(grant_type).map_or(OTHER, GrantType::as_str);
        let kinds = [
            ("access_token", true),
            ("refresh_token", tokens.refresh_token.is_some()),
            ("id_token", tokens.id_token.is_some()),
        ];
        for (kind, _) in kinds.into_iter().filter(|(_, issued)| *issued) {
            self.tokens.get_or_create(&TokenLabels { grant, kind }).inc();
        }
    }

    /// A request was refused with that error code, or `direct` where the person was told and no client.
    pub fn refusal(&self, endpoint: &'static str, code: &str) {
        let error = match ErrorCode::try_from(code) {
            Ok(code) => code.as_str(),
            Err(_) if code == DIRECT => DIRECT,
            Err(_) => OTHER,
        };
        self.refusals.get_or_create(&RefusalLabels { endpoint, error }).inc();
    }

    /// So many steps of traces could not be written.
    pub fn traces_left_out(&self, steps: u64) {
        self.traces_left_out.inc_by(steps);
    }

    /// An end-user signed in and reached that ACR.
    pub fn login(&self, acr: &str) {
        self.logins.get_or_create(&LoginLabels { acr: acr.to_owned() }).inc();
    }

    /// A policy was to become live, and did or did not.
    pub fn policy_activation(&self, succeeded: bool) {
        let outcome = if succeeded { "live" } else { "refused" };
        self.activations.get_or_create(&ActivationLabels { outcome }).inc();
    }

    /// A binding of the live policy failed too often: the policy `went_back`, `stays`, or going back was `refused`.
    pub fn policy_quarantine(&self, outcome: &'static str) {
        self.quarantines.get_or_create(&ActivationLabels { outcome }).inc();
    }

    /// All of it, in the text format of OpenMetrics 1.0.
    pub fn encode(&self) -> String {
        let mut text = String::new();
        if let Err(error) = encode(&mut text, &self.registry) {
            tracing::error!(%error, "the metrics cannot be written out");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gatewright_protocol::token::TokenType;

    fn lines(metrics: &Metrics) -> Vec<String> {
        metrics.encode().lines().map(str::to_owned).collect()
    }

    fn assert_counted(metrics: &Metrics, line: &str) {
        let lines = lines(metrics);
        assert!(lines.iter().any(|shown| shown == line), "{line} is not among {lines:#?}");
    }

    #[test]
    fn requests_are_counted_by_endpoint_method_and_status_with_their_time() {
        let metrics = Metrics::new();
        metrics.request("token", "POST", 200, Duration::from_millis(3));
        metrics.request("token", "POST", 200, Duration::from_millis(30));
        metrics.request("token", "BREW", 405, Duration::from_millis(1));
        assert_counted(&metrics, "gatewright_requests_total{endpoint=\"token\",method=\"POST\",status=\"200\"} 2");
        assert_counted(&metrics, "gatewright_requests_total{endpoint=\"token\",method=\"other\",status=\"405\"} 1");
        assert_counted(&metrics, "gatewright_request_duration_seconds_bucket{le=\"0.005\",endpoint=\"token\"} 2");
        assert_counted(&metrics, "gatewright_request_duration_seconds_count{endpoint=\"token\"} 3");
    }

    #[test]
    fn tokens_are_counted_by_grant_and_kind() {
        let metrics = Metrics::new();
        let mut tokens = TokenResponse {
            access_token: "hush".into(),
            token_type: TokenType::Bearer,
            expires_in: 300,
            refresh_token: None,
            id_token: Some("hush".into()),
            scope: None,
        };
        metrics.tokens("authorization_code", &tokens);
        tokens.id_token = None;
        metrics.tokens("client_credentials", &tokens);
        metrics.tokens("made-up", &tokens);
        for (grant, kind, count) in [
            ("authorization_code", "access_token", 1),
            ("authorization_code", "id_token", 1),
            ("client_credentials", "access_token", 1),
            ("other", "access_token", 1),
        ] {
            let line = format!("gatewright_tokens_issued_total{{grant=\"{grant}\",kind=\"{kind}\"}} {count}");
            assert_counted(&metrics, &line);
        }
        assert!(!metrics.encode().contains("refresh_token") && !metrics.encode().contains("hush"));
    }

    #[test]
    fn everything_else_is_counted_by_what_an_operator_asks_for() {
        let metrics = Metrics::new();
        metrics.refusal("token", "invalid_grant");
        metrics.refusal("authorize", "direct");
        metrics.refusal("authorize", "made_up");
        metrics.traces_left_out(2);
        metrics.login("pwd");
        metrics.policy_activation(true);
        metrics.policy_activation(false);
        for line in [
            "gatewright_refusals_total{endpoint=\"token\",error=\"invalid_grant\"} 1",
            "gatewright_refusals_total{endpoint=\"authorize\",error=\"direct\"} 1",
            "gatewright_refusals_total{endpoint=\"authorize\",error=\"other\"} 1",
            "gatewright_traces_left_out_total 2",
            "gatewright_logins_total{acr=\"pwd\"} 1",
            "gatewright_policy_activations_total{outcome=\"live\"} 1",
            "gatewright_policy_activations_total{outcome=\"refused\"} 1",
            &format!("gatewright_build_info{{version=\"{}\"}} 1", env!("CARGO_PKG_VERSION")),
            "# EOF",
        ] {
            assert_counted(&metrics, line);
        }
    }
}
