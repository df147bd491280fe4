//! Texts of the worklist of *Yêu cầu về dữ liệu*.

words! {
    REQ_LEAD = "Đảng viên yêu cầu sửa hoặc xóa thông tin của chính mình. Mỗi yêu cầu có hạn trả lời.";
    REQ_HOW = "Trả lời không tự sửa, xóa gì. Sửa ở trang đảng viên, hoặc đưa ra khỏi danh sách, rồi trả lời ở đây đã làm gì hoặc vì sao không làm.";
    REQ_SHOW = "Xem";
    REQ_OPEN_NONE = "Không có yêu cầu nào chờ trả lời";
    REQ_DONE_NONE = "Chưa có yêu cầu nào đã xong";
    REQ_NONE_TEXT = "Khi đảng viên gửi yêu cầu ở trang Dữ liệu của tôi, yêu cầu hiện ở đây.";
    REQ_MAY_NOT = "Tài khoản này không trả lời yêu cầu";
    REQ_ANSWER = "Trả lời";
    REQ_ANSWER_MORE = "Trả lời thêm";
    REQ_OUTCOME = "Kết quả";
    REQ_TEXT = "Trả lời cho đảng viên";
    REQ_TEXT_HINT = "Ghi đã làm gì, hoặc vì sao không làm.";
    REQ_ERR_OUTCOME = "Xin chọn kết quả.";
    REQ_ERR_TEXT = "Xin ghi câu trả lời.";
    REQ_SEND = "Gửi trả lời";
    REQ_SENT = "Đã nhận câu trả lời.";
    REQ_STOP = "Thôi";
    REQ_SET = "Đảng viên xin sửa, xóa thông tin của mình, và hạn trả lời.";
    REQ_TODO_TEXT = "Có hạn trả lời theo ngày làm việc.";
    REQ_UNKNOWN = "Người không còn trong danh sách";
}

/// Of open or finished ones, how many.
#[must_use]
pub fn req_filter(open: bool, n: usize) -> String {
    format!("{} ({n})", if open { "Chưa trả lời" } else { "Đã xong" })
}
/// How many members agreed to the notice in force.
#[must_use]
pub fn agreed_number(n: u32) -> String {
    format!("Đã đồng ý với thông báo quyền riêng tư hiện hành: {n} đảng viên.")
}
