//! Texts of the phones of an account, and of a phone that was signed out from elsewhere or that locked.

use super::super::moment;
use domain::time::Millis;

words! {
    TITLE = "Máy đã đăng nhập";
    LEAD = "Những máy đang hoặc từng dùng tài khoản này. Máy nào mất, đã bán hoặc không nhận ra thì đăng xuất máy đó.";
    SET_TEXT = "Xem các máy dùng tài khoản này, đăng xuất máy bị mất.";
    LOADING = "Đang hỏi máy chủ…";
    OFFLINE = "Chưa xem được các máy";
    STRANGE = "Máy chủ trả lời không rõ. Xin thử lại.";
    NONE = "Chưa đăng nhập trên máy nào";
    NONE_TEXT = "Cấp mã để người này đăng nhập trên máy của mình.";
    HERE = "Máy này";
    NO_NAME = "Máy chưa đặt tên";
    IN = "Đang đăng nhập";
    OUT = "Không còn đăng nhập";
    NEVER = "Chưa liên lạc lần nào";
    ALL_SENT = "Khi đó không còn việc chờ gửi";
    SIGN_OUT = "Đăng xuất máy đó";
    SIGN_OUT_BUSY = "Đang đăng xuất…";
    ASK = "Đăng xuất máy đó?";
    YES = "Đăng xuất máy đó";
    DONE = "Đã đăng xuất máy đó.";
    MEMBER_TITLE = "Máy của người này";
    MEMBER_TEXT = "Máy bị mất thì đăng xuất ngay. Muốn dùng lại, cấp mã mới.";
    MEMBER_SHOW = "Xem các máy";

    REVOKED = "Máy này đã bị đăng xuất";
    REVOKED_TEXT = "Chủ tài khoản, bí thư hoặc người quản trị đã đăng xuất máy này từ nơi khác, thường vì máy bị mất hay đổi người dùng. Danh sách và thông báo đã được xóa khỏi máy.";
    REVOKED_KEPT = "Việc làm trên máy này không mất: máy chủ giữ lại, bí thư hoặc chi ủy xem rồi nhận vào sổ.";
    REVOKED_HELP = "Nếu máy vẫn là của bạn, xin bí thư chi bộ hoặc người quản trị cấp mã mới rồi đăng nhập lại.";
    DELIVERED = "Đã gửi, chờ xem";
    WAITING = "Còn trên máy";
    SIGN_IN = "Đăng nhập lại";

    LOCKED = "Máy này đang khóa";
    LOCKED_OPENS = "Khi liên lạc được với máy chủ, máy tự mở khóa. Việc chưa gửi vẫn còn nguyên và tự gửi.";
    LOCKED_CLOCK = "Nếu ngày giờ trên máy bị sai, máy cũng có thể khóa nhầm: có mạng là mở.";
    LOCKED_OLD = "Đã quá lâu nên cần đăng nhập lại. Xin bí thư chi bộ hoặc người quản trị cấp mã mới.";
    TRY = "Thử liên lạc ngay";
    TRYING = "Đang liên lạc…";
    NO_LINK = "Chưa liên lạc được với máy chủ. Máy sẽ tự thử lại.";
}

/// When a phone was last heard from.
#[must_use]
pub fn last(at: Millis, now: Millis) -> String {
    let minutes = now.0.saturating_sub(at.0) / 60_000;
    match minutes {
        ..0 => ["Liên lạc lần cuối: ", &at.moment_vi()].concat(),
        0..=2 => "Vừa liên lạc".to_owned(),
        3..=59 => format!("Liên lạc {minutes} phút trước"),
        _ => ["Liên lạc lần cuối: ", &moment(at, now)].concat(),
    }
}
/// Since when, and with which build.
#[must_use]
pub fn first(at: Millis, app: Option<&str>) -> String {
    let since = ["Đăng nhập từ ", &at.date_vi()].concat();
    match app {
        Some(app) => [&since, " · phiên bản ", app].concat(),
        None => since,
    }
}
/// What waited on it then.
#[must_use]
pub fn unsent(n: u32) -> String {
    format!("Khi đó còn {n} việc chưa gửi")
}
/// When it was signed out from elsewhere.
#[must_use]
pub fn signed_out(at: Millis) -> String {
    ["Đã đăng xuất từ nơi khác ngày ", &at.date_vi()].concat()
}
/// What signing a phone out means.
#[must_use]
pub fn ask_text(name: &str, unsent: Option<u32>) -> String {
    let name = if name.is_empty() { NO_NAME } else { name };
    let unsent = match unsent {
        Some(n) if n > 0 => format!(" Máy ấy còn {n} việc chưa gửi."),
        _ => String::new(),
    };
    format!(
        "«{name}» sẽ không xem được gì nữa; danh sách trên máy ấy bị xóa khi máy có mạng.{unsent} Việc máy ấy gửi lên sau này được giữ lại, chờ bí thư hoặc chi ủy xem. Muốn dùng lại máy ấy cần mã mới."
    )
}
/// Why it is locked.
#[must_use]
pub fn locked_text(days: u16) -> String {
    format!(
        "Máy đã hơn {days} ngày không liên lạc với máy chủ. Danh sách được che lại, phòng khi máy bị mất hoặc đổi người dùng."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_contact_in_words() {
        let now = Millis(1_795_309_200_000);
        let minutes = |n: i64| last(now.plus(-n * 60_000), now);
        assert_eq!(minutes(0), "Vừa liên lạc");
        assert_eq!(minutes(59), "Liên lạc 59 phút trước");
        assert_eq!(minutes(60), "Liên lạc lần cuối: 07:00 · Hôm nay");
        assert!(minutes(-90).ends_with("22/11/2026"), "a clock that is behind: {}", minutes(-90));
    }
}
