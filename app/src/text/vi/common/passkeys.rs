//! Texts of passkeys: signing in with one, one's own, and opening the phone with one.

use domain::passkey::{Passkey, PasskeyFault};

words! {
    TITLE = "Khóa truy cập";
    SET_TEXT = "Đăng nhập bằng vân tay, khuôn mặt hoặc mã mở máy, không cần xin mã của chi ủy.";
    LEAD = "Khóa truy cập (passkey) nằm trong điện thoại hoặc máy tính này. Có nó, máy chỉ hỏi vân tay, khuôn mặt hoặc mã mở máy là đăng nhập được. Vân tay và khuôn mặt không gửi đi đâu.";
    OFFLINE = "Cần có mạng để xem khóa truy cập";
    LOADING = "Đang xem các khóa truy cập…";
    NONE = "Chưa có khóa truy cập nào.";
    OFF = "Máy chủ này chưa dùng được khóa truy cập. Các cách đăng nhập khác vẫn dùng như cũ.";
    CANNOT = "Trình duyệt này chưa dùng được khóa truy cập. Xin dùng Chrome, Safari hoặc Edge bản mới.";
    OTHER_PAGE = "Khóa truy cập chỉ dùng được khi mở trang theo địa chỉ chính thức.";

    NO_NAME = "Khóa chưa đặt tên";
    SYNCED = "Có cả trên máy khác";
    HERE = "Thêm từ máy này";
    COPIED = "Có dấu hiệu bị sao chép. Nên gỡ khóa này.";
    RENAME = "Đổi tên";
    RENAME_SAVE = "Lưu tên";
    REMOVE = "Gỡ khóa này";
    REMOVE_ASK = "Gỡ khóa truy cập?";
    REMOVED = "Đã gỡ khóa truy cập.";
    NAMED = "Đã đổi tên.";
    CLOSE = "Thôi";

    ADD_TITLE = "Thêm khóa truy cập";
    ADD_NAME = "Tên khóa";
    ADD_NAME_HINT = "Để sau này nhận ra, ví dụ: Điện thoại của tôi.";
    ADD_PASSWORD = "Mật khẩu hiện tại";
    ADD_PASSWORD_EMPTY = "Xin nhập mật khẩu hiện tại.";
    ADD = "Thêm khóa truy cập";
    ADDING = "Đang hỏi máy…";
    ADDED = "Đã thêm khóa truy cập.";

    OPEN_TITLE = "Mở sổ trên máy này";
    OPEN_LEAD = "Máy này có mã PIN. Bật lên thì mở sổ bằng vân tay, khuôn mặt cũng được, kể cả khi không có mạng. Mã PIN vẫn dùng như cũ.";
    OPEN_ON = "Đang bật: mở sổ bằng khóa truy cập hoặc mã PIN.";
    OPEN_FIRST = "Muốn bật, xin thêm một khóa truy cập ở trên trước.";
    OPEN_PIN = "Mã PIN đang dùng";
    OPEN_PIN_EMPTY = "Xin nhập mã PIN đang dùng.";
    OPEN_PIN_WRONG = "Mã PIN chưa đúng. Chưa có gì thay đổi.";
    OPEN_GO = "Bật mở sổ bằng khóa truy cập";
    OPEN_DONE = "Đã bật. Lần sau mở sổ bằng khóa truy cập được.";
    OPEN_STOP = "Tắt";
    OPEN_STOPPED = "Đã tắt. Mở sổ bằng mã PIN.";

    UNLOCK = "Mở bằng vân tay, khuôn mặt";
    UNLOCKING = "Đang hỏi máy…";

    IN_TITLE = "Vào bằng khóa truy cập";
    IN_LEAD = "Bấm nút dưới đây, rồi dùng vân tay, khuôn mặt hoặc mã mở máy khi máy hỏi.";
    IN_GO = "Đăng nhập bằng khóa truy cập";
    IN_BUSY = "Đang đăng nhập…";
    IN_HELP = "Chưa có khóa truy cập? Đăng nhập bằng cách khác trước, rồi thêm khóa trong Cài đặt.";
    IN_OFFLINE = "Chưa kết nối được máy chủ. Đăng nhập cần có mạng; xin thử lại khi có mạng.";
    IN_BAD = "Máy chủ trả lời không rõ. Xin thử lại sau ít phút.";
    IN_CODE = "Đăng nhập bằng mã";
    IN_PASSWORD = "Đăng nhập bằng mật khẩu";
    CALL_OFFLINE = "Chưa kết nối được máy chủ. Chưa có gì thay đổi; xin thử lại khi có mạng.";
}

/// Why there is no answer.
#[must_use]
pub const fn fault(fault: PasskeyFault) -> &'static str {
    match fault {
        PasskeyFault::NotAnswered => {
            "Máy chưa nhận được trả lời: hộp hỏi đã đóng, để quá lâu, hoặc máy này chưa có khóa truy cập của sổ. Chưa có gì thay đổi; xin bấm lại."
        }
        PasskeyFault::Known => "Máy này đã có khóa truy cập của tài khoản rồi, không cần thêm nữa.",
        PasskeyFault::NoAuthenticator => {
            "Máy này chưa giữ được khóa truy cập. Xin đặt khóa màn hình (vân tay, khuôn mặt hoặc mã mở máy) rồi thử lại."
        }
        PasskeyFault::OtherSite => OTHER_PAGE,
        PasskeyFault::NoSecret => "Khóa truy cập này không mở được sổ. Xin dùng mã PIN.",
        PasskeyFault::Broken => "Trình duyệt không dùng được khóa truy cập lúc này. Xin dùng cách khác.",
    }
}
/// When it was added and last used.
#[must_use]
pub fn dates(key: &Passkey) -> String {
    let added = ["Thêm ngày ", &key.created.date_vi()].concat();
    match key.used {
        Some(used) => [&added, " · dùng gần nhất ", &used.date_vi()].concat(),
        None => [&added, " · chưa dùng lần nào"].concat(),
    }
}
/// What removing one means.
#[must_use]
pub fn remove_text(key: &Passkey, opens: bool) -> String {
    let name = if key.name.is_empty() { NO_NAME } else { &key.name };
    let opens = if opens { " Máy này từ nay chỉ mở sổ bằng mã PIN." } else { "" };
    format!(
        "Không đăng nhập được bằng «{name}» nữa; các cách khác vẫn còn.{opens} Có thể xóa nó cả trong phần mật khẩu của máy."
    )
}
