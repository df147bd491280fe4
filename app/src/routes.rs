//! Every path of the app, once: the router shows a page for each, the server answers each with the shell.
//!
//! Knows no page and no state.

/// Paths that need a sign-in (`/vao` and self check-in send there and back). `:x` stands for one segment.
pub const ROUTES: &[&str] = &[
    "/",
    "/vao",
    "/diem-danh",
    "/buoi-hop/:id",
    "/buoi-hop/:id/diem-danh",
    "/buoi-hop/:id/sua",
    "/buoi-hop-moi",
    "/diem-danh-toi/:id",
    "/danh-sach",
    "/dang-vien/:id",
    "/dang-vien/:id/sua",
    "/dang-vien-moi/:cell",
    "/thong-bao",
    "/thong-bao/:id",
    "/thong-bao-moi",
    "/thong-bao/:id/sua",
    "/so-lien-he",
    "/chua-gui",
    "/tong-quan",
    "/chi-bo",
    "/chi-bo/:id",
    "/chi-bo/:id/ma-tran",
    "/bao-cao/buoi-hop/:id",
    "/viec-can-lam",
    "/nhap-danh-sach/:cell",
    "/cai-dat",
];

/// Paths that everybody may read, also without the app's script.
pub const PUBLIC: &[&str] = &[ABOUT, PRIVACY, HELP];

/// *Giới thiệu*: what this is.
pub const ABOUT: &str = "/gioi-thieu";
/// *Quyền riêng tư*: what happens with personal data.
pub const PRIVACY: &str = "/rieng-tu";
/// *Trợ giúp*.
pub const HELP: &str = "/tro-giup";

/// True when a path is one of the app's.
#[must_use]
pub fn is_known(path: &str) -> bool {
    let path = if path.len() > 1 { path.trim_end_matches('/') } else { path };
    ROUTES.iter().chain(PUBLIC).any(|route| {
        let mut parts = path.split('/');
        route
            .split('/')
            .all(|want| parts.next().is_some_and(|part| want == part || (want.starts_with(':') && !part.is_empty())))
            && parts.next().is_none()
    })
}

/// `path` is `place` or stands below it: `/thong-bao/1` below `/thong-bao`, but not `/thong-bao-moi`; below `/` stands nothing.
#[must_use]
pub fn is_below(path: &str, place: &str) -> bool {
    path == place || (place != "/" && path.strip_prefix(place).is_some_and(|rest| rest.starts_with('/')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_current_for_its_own_pages_only() {
        assert!(
            is_below("/", "/") && is_below("/thong-bao", "/thong-bao") && is_below("/thong-bao/1/sua", "/thong-bao")
        );
        assert!(
            !is_below("/thong-bao", "/")
                && !is_below("/thong-bao-moi", "/thong-bao")
                && !is_below("/diem-danh-toi/1", "/diem-danh")
        );
    }

    #[test]
    fn known_paths_are_known_and_others_are_not() {
        for path in ["/", "/vao", "/buoi-hop/0190-aa", "/buoi-hop/x/diem-danh", "/thong-bao/", "/rieng-tu"] {
            assert!(is_known(path), "{path}");
        }
        for path in ["/x", "/buoi-hop", "/buoi-hop//sua", "/buoi-hop/a/b", "/vao/x", "//"] {
            assert!(!is_known(path), "{path}");
        }
    }
}
