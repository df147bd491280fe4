//! Texts of getting in: by name and password, setting that up, a new phone of one's own, a slip for the drawer. Named as `g` by its pages.

use domain::password::{PasswordFault, SHORTEST};
use domain::signin::SignInNameFault;
use domain::time::Millis;

words! {
    PASSWORD_TITLE = "Đăng nhập bằng mật khẩu";
    PASSWORD_LEAD = "Dành cho Đảng ủy, cơ quan, Mặt trận và quản trị đã đặt mật khẩu.";
    NAME = "Tên đăng nhập";
    PASSWORD = "Mật khẩu";
    PASSWORD_SHOW = "Hiện mật khẩu";
    CODE = "Mã xác nhận";
    CODE_HINT = "6 số trong ứng dụng xác nhận, hoặc một mã cứu hộ.";
    OFFLINE = "Cần có mạng để xem";
    GO = "Vào sổ";
    GO_BUSY = "Đang kiểm tra…";
    PASSWORD_HELP = "Quên mật khẩu hoặc mất máy có ứng dụng xác nhận: dùng mã cứu hộ, hoặc xin người quản trị cấp mã mới rồi đặt lại.";
    TO_CODE = "Đăng nhập bằng mã được phát";
    EMPTY_NAME = "Xin nhập tên đăng nhập.";
    EMPTY_PASSWORD = "Xin nhập mật khẩu.";
    EMPTY_CODE = "Xin nhập mã xác nhận.";
    ODD_CODE = "Mã xác nhận gồm 6 số; mã cứu hộ gồm 8 chữ và số.";

    SET_UP = "Thiết lập đăng nhập";
    SET_UP_MUST = "Tài khoản này xem được việc của nhiều người nên cần mật khẩu và mã xác nhận. Làm một lần, khoảng 3 phút. Việc đã làm trên máy này vẫn được gửi.";
    SET_UP_MAY = "Đặt tên đăng nhập, mật khẩu và mã xác nhận để vào được trên bất kỳ máy nào mà không cần xin mã.";
    NOT_FOR_MEMBERS = "Tài khoản đảng viên không cần mật khẩu";
    NOT_FOR_MEMBERS_TEXT = "Máy cũ, mã dự phòng đã in hoặc bí thư đều cho vào được trên máy mới.";
    STEP_1 = "Bước 1 trong 3: tên và mật khẩu";
    STEP_2 = "Bước 2 trong 3: mã xác nhận";
    STEP_3 = "Bước 3 trong 3: mã cứu hộ";
    NAME_HINT = "Chữ không dấu, ví dụ: phuong.anhoa";
    NEW_PASSWORD = "Mật khẩu mới";
    NEW_PASSWORD_HINT = "Ít nhất 10 ký tự. Tốt nhất là một câu ngắn dễ nhớ mà người khác không đoán ra.";
    CURRENT = "Mật khẩu hiện tại";
    NEXT = "Tiếp tục";
    NEXT_BUSY = "Đang lưu…";
    APP_LEAD = "Mở ứng dụng xác nhận trên điện thoại (Google Authenticator, Microsoft Authenticator, Mật khẩu của iPhone…), chọn thêm tài khoản rồi quét hình vuông này.";
    APP_QR = "Hình vuông để quét bằng ứng dụng xác nhận";
    APP_HERE = "Mở ứng dụng trên máy này";
    APP_TYPE = "Không quét được thì nhập khóa này vào ứng dụng:";
    APP_COPY = "Chép khóa";
    APP_CODE = "6 số đang hiện trong ứng dụng";
    APP_CONFIRM = "Xác nhận";
    APP_AGAIN = "Tạo hình vuông khác";
    EMPTY_SIX = "Xin nhập 6 số đang hiện trong ứng dụng.";
    RESCUE = "Mã cứu hộ";
    RESCUE_LEAD = "Khi không có ứng dụng xác nhận, nhập một mã dưới đây cùng với mật khẩu. Mỗi mã dùng một lần. Chỉ hiện lần này: xin in hoặc chép ra giấy, cất nơi an toàn.";
    RESCUE_PRINT = "In mã cứu hộ";
    RESCUE_KEPT = "Tôi đã in hoặc chép các mã này";
    RESCUE_KEPT_FIRST = "Xin in hoặc chép mã cứu hộ rồi đánh dấu vào ô trên.";
    RESCUE_PAPER = "Sổ Liên Hệ: mã cứu hộ của";
    DONE = "Xong";
    ACTIVE = "Đã thiết lập";
    ACTIVE_TEXT = "Tài khoản này vào được trên bất kỳ máy nào bằng tên đăng nhập, mật khẩu và mã xác nhận.";
    CHANGE_PASSWORD = "Đổi mật khẩu";
    CHANGE_PASSWORD_TEXT = "Các máy khác đang dùng tài khoản này sẽ bị đăng xuất. Việc chưa gửi trên máy ấy không mất: máy chủ giữ lại, chờ xem.";
    CHANGED = "Đã đổi mật khẩu.";
    CHANGE_MORE = "Mã xác nhận và mã cứu hộ";
    CHANGE_APP = "Đổi ứng dụng xác nhận";
    CHANGE_APP_TEXT = "Khi đổi điện thoại. Ứng dụng cũ còn dùng được cho đến khi xác nhận ứng dụng mới.";
    NEW_RESCUE = "Tạo mã cứu hộ mới";
    NEW_RESCUE_TEXT = "Mã cứu hộ cũ sẽ không dùng được nữa.";
    LATER = "Trong lúc chờ";
    TO_UNSENT = "Việc chưa gửi";
    TO_SETTINGS = "Cài đặt và đăng xuất";

    NEW_PHONE = "Thêm máy mới";
    NEW_PHONE_LEAD = "Để dùng Sổ Liên Hệ trên một máy khác của chính bạn, không cần hỏi ai.";
    NEW_PHONE_1 = "Bấm Tạo mã ở dưới.";
    NEW_PHONE_2 = "Trên máy mới, mở máy ảnh và đưa vào hình vuông; hoặc mở trang này và nhập mã:";
    NEW_PHONE_3 = "Bấm Vào sổ trên máy mới. Máy này vẫn dùng như thường.";
    NEW_PHONE_MAKE = "Tạo mã";
    NEW_PHONE_AGAIN = "Tạo mã khác";
    NEW_PHONE_MAKING = "Đang tạo mã…";
    NEW_PHONE_CARE = "Ai có mã này vào được bằng tên bạn. Chỉ dùng cho máy của mình; mã hết hạn sau 10 phút.";
    NEW_PHONE_OLD = "Không dùng máy cũ nữa thì đăng xuất máy đó ở Máy đã đăng nhập.";

    DRAWER = "Mã dự phòng";
    DRAWER_LEAD = "In một tờ nhỏ có 4 mã, cất ở nhà. Mất máy hay hỏng máy thì một mã là đủ để vào lại trên máy mới, không cần hỏi ai.";
    DRAWER_MAKE = "Tạo mã dự phòng";
    DRAWER_MAKE_NEW = "Tạo tờ mới";
    DRAWER_NEW_TEXT = "Tờ cũ sẽ không dùng được nữa.";
    DRAWER_MAKING = "Đang tạo mã…";
    DRAWER_ONCE = "Mã chỉ hiện lần này: in, hoặc chép ra giấy, trước khi rời trang.";
    DRAWER_PRINT = "In tờ này";
    DRAWER_VOID = "Hủy các mã dự phòng";
    DRAWER_VOID_ASK = "Hủy các mã dự phòng?";
    DRAWER_VOID_TEXT = "Tờ đã in sẽ không vào được nữa. Dùng khi tờ giấy bị mất hoặc lọt vào tay người khác.";
    DRAWER_VOIDED = "Đã hủy các mã dự phòng.";
    DRAWER_NONE = "Chưa có mã dự phòng nào.";
    DRAWER_CARE = "Giữ như chìa khóa nhà: ai có mã vào được bằng tên bạn. Đăng xuất máy này từ nơi khác thì các mã tạo ở đây cũng hết hiệu lực.";
    PAPER_TITLE = "Sổ Liên Hệ: mã dự phòng";
    PAPER_1 = "Trên máy mới, đưa máy ảnh vào một hình vuông, hoặc mở";
    PAPER_1_END = "và nhập mã.";
    PAPER_2 = "Bấm Vào sổ. Mỗi mã dùng một lần; dùng rồi thì gạch đi.";
}

/// What is wrong with a sign-in name.
#[must_use]
pub const fn name_fault(fault: SignInNameFault) -> &'static str {
    match fault {
        SignInNameFault::Empty => EMPTY_NAME,
        SignInNameFault::Length => "Tên đăng nhập dài từ 3 đến 32 ký tự.",
        SignInNameFault::Unfit => "Chỉ dùng chữ không dấu, chữ số, dấu chấm, gạch nối, gạch dưới; bắt đầu bằng chữ.",
    }
}
/// What is wrong with a password.
#[must_use]
pub fn password_fault(fault: PasswordFault) -> String {
    match fault {
        PasswordFault::Short => format!("Mật khẩu cần ít nhất {SHORTEST} ký tự."),
        PasswordFault::Unfit => "Mật khẩu quá dài hoặc có ký tự lạ.".to_owned(),
        PasswordFault::HasName => "Mật khẩu không được chứa tên đăng nhập.".to_owned(),
        PasswordFault::Common => {
            "Mật khẩu này quá phổ biến, dễ bị đoán. Xin dùng vài từ không liên quan đến nhau.".to_owned()
        }
    }
}
/// How many rescue codes are left.
#[must_use]
pub fn rescue_left(n: u32) -> String {
    if n == 0 { "Không còn mã cứu hộ nào.".to_owned() } else { format!("Còn {n} mã cứu hộ chưa dùng.") }
}
/// What is left of a slip.
#[must_use]
pub fn drawer_left(n: u32, until: Millis) -> String {
    format!("Tờ đã in còn {n} mã chưa dùng, dùng được đến {}.", until.date_vi())
}
/// Until when a slip lets in.
#[must_use]
pub fn paper_until(until: Millis) -> String {
    ["Dùng được đến ", &until.date_vi()].concat()
}
/// The moment at which a code ends.
#[must_use]
pub fn until_clock(at: Millis) -> String {
    ["Dùng được đến ", &at.clock_vi()].concat()
}
