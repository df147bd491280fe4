//! Every path of the app, once: the router shows a page for each, the server answers each with the shell.
//!
//! Knows no page and no state.

use leptos::prelude::Memo;

/// Paths that need a sign-in (`/vao` and self check-in send there and back; `/thiet-lap`, `/vao-mat-khau` and `/vao-khoa` need none). `:x` stands for one segment.
pub const ROUTES: &[&str] = &[
    "/",
    "/vao",
    "/diem-danh",
    "/buoi-hop/:id",
    "/buoi-hop/:id/diem-danh",
    "/buoi-hop/:id/diem-danh-thay",
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
    "/in-phieu/:cell",
    "/cai-dat",
    "/may-dang-nhap",
    "/may-don-vi",
    "/ma-pin",
    PASSKEYS,
    PASSKEY_SIGN_IN,
    "/may-moi",
    "/ma-du-phong",
    "/vao-mat-khau",
    SIGN_IN_SET_UP,
    "/du-lieu-cua-toi",
    AGREE,
    "/yeu-cau",
    "/quan-tri",
    "/nhat-ky",
    "/thiet-lap",
    WHO_SEES,
];

/// Paths that everybody may read, also without the app's script.
pub const PUBLIC: &[&str] = &[ABOUT, PRIVACY, HELP];

/// *Thiết lập đăng nhập*: name, password and second factor of an account.
pub const SIGN_IN_SET_UP: &str = "/thiet-lap-dang-nhap";
/// *Khóa truy cập*: one's own passkeys.
pub const PASSKEYS: &str = "/khoa-truy-cap";
/// *Đăng nhập bằng khóa truy cập*.
pub const PASSKEY_SIGN_IN: &str = "/vao-khoa";
/// The privacy notice with the question whether one agrees.
pub const AGREE: &str = "/dong-y";
/// *Ai được xem gì*: what each role may see and do.
pub const WHO_SEES: &str = "/ai-xem-gi";
/// *Giới thiệu*: what this is.
pub const ABOUT: &str = "/gioi-thieu";
/// *Quyền riêng tư*: what happens with personal data.
pub const PRIVACY: &str = "/rieng-tu";
/// *Trợ giúp*.
pub const HELP: &str = "/tro-giup";

/// A path that was found among [`ROUTES`] and [`PUBLIC`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The route as it stands in the list.
    pub route: &'static str,
    /// What the path has in place of the one `:x`; empty when the route has none.
    pub id: String,
}

/// Where the app is; given to the pages as a context. None: a path that is not the app's.
#[derive(Clone, Copy)]
pub struct Place(pub Memo<Option<Found>>);

/// The route of a path.
#[must_use]
pub fn find(path: &str) -> Option<Found> {
    let path = if path.len() > 1 { path.trim_end_matches('/') } else { path };
    ROUTES.iter().chain(PUBLIC).find_map(|route| {
        let mut parts = path.split('/');
        let mut id = "";
        for want in route.split('/') {
            let part = parts.next()?;
            if want.starts_with(':') && !part.is_empty() {
                id = part;
            } else if want != part {
                return None;
            }
        }
        parts.next().is_none().then(|| Found { route, id: id.to_owned() })
    })
}

/// True when a path is one of the app's.
#[must_use]
pub fn is_known(path: &str) -> bool {
    find(path).is_some()
}

/// What stays open while an account has to set up its sign-in before anything else: what waits to be sent, and signing out.
#[must_use]
pub fn stays_open(path: &str) -> bool {
    matches!(path, "/chua-gui" | "/cai-dat")
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
        assert!(stays_open("/cai-dat") && stays_open("/chua-gui") && !stays_open("/"));
        assert_eq!(find("/buoi-hop/7/sua"), Some(Found { route: "/buoi-hop/:id/sua", id: "7".into() }));
    }
}
