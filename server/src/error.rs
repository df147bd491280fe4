//! Every error answer of the API: a status, a stable code and a Vietnamese sentence. Also the extractors whose rejections speak so.

use crate::store::{AdminFault, CodeFault, SetupFault, StoreError};
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::account::Permission;
use domain::wire::ErrorBody;
use std::borrow::Cow;

/// An error answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError {
    /// Status.
    pub status: StatusCode,
    /// Stable code for programs.
    pub code: &'static str,
    /// Sentence for people.
    pub message: Cow<'static, str>,
}

impl ApiError {
    /// Any.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status, code, message: message.into() }
    }
    /// 400
    pub fn bad(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }
    /// 401
    pub fn signed_out() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "signed_out",
            "Bạn cần đăng nhập lại. Những gì đã lưu trên máy này vẫn còn.",
        )
    }
    /// 401, for a phone that was signed out from elsewhere.
    pub fn revoked() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            domain::wire::REVOKED,
            "Máy này đã bị đăng xuất từ nơi khác. Việc chưa gửi vẫn gửi được và chờ chi bộ xem.",
        )
    }
    /// 403
    pub fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "Tài khoản này không có quyền làm việc đó.")
    }
    /// 401, for a wrong name, password or code: which of them it was is told to nobody.
    pub fn bad_sign_in() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            domain::signin::BAD_SIGN_IN,
            "Tên đăng nhập, mật khẩu hoặc mã xác nhận chưa đúng. Mã xác nhận đổi sau mỗi 30 giây và mỗi mã chỉ dùng một lần.",
        )
    }
    /// 403, for an account that must have a password and a second factor.
    pub fn set_up_sign_in() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            domain::signin::SET_UP_SIGN_IN,
            "Tài khoản này cần thiết lập mật khẩu và mã xác nhận trước khi dùng tiếp. Những gì đã lưu trên máy này vẫn gửi được.",
        )
    }
    /// 429, after wrong tries.
    pub fn wait(ms: i64) -> Self {
        let minutes = ms.max(0).saturating_add(59_999) / 60_000;
        let long = if minutes <= 1 { "một phút".to_owned() } else { format!("{minutes} phút") };
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "wait",
            format!("Đã nhập sai nhiều lần. Vui lòng chờ {long} rồi thử lại."),
        )
    }
    /// 403, because the right has ended or not begun.
    pub fn lapsed() -> Self {
        Self::new(StatusCode::FORBIDDEN, "lapsed", "Quyền của tài khoản này đã hết hạn hoặc chưa đến ngày hiệu lực.")
    }
    /// 404
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "Không tìm thấy.")
    }
    /// 409
    pub fn conflict(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::CONFLICT, code, message)
    }
    /// 413
    pub fn too_large(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", message)
    }
    /// 429
    pub fn too_many() -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many",
            "Máy gửi quá nhiều yêu cầu. Vui lòng chờ một lát rồi thử lại.",
        )
    }
    /// 500
    pub fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Máy chủ gặp lỗi. Những gì chưa gửi vẫn còn trên máy này.",
        )
    }
    /// 503
    pub fn unavailable() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            "Máy chủ đang bận, chưa ghi được. Vui lòng thử lại sau.",
        )
    }
    /// The answer to a missing permission, `None` when there is one.
    #[must_use]
    pub fn of(permission: Permission) -> Option<Self> {
        match permission {
            Permission::Yes(_) => None,
            Permission::Lapsed => Some(Self::lapsed()),
            Permission::No => Some(Self::forbidden()),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = ErrorBody { code: self.code.to_owned(), message: self.message.into_owned() };
        (self.status, axum::Json(body)).into_response()
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Rejected { index, why } => {
                let why = serde_json::to_value(why).unwrap_or_default();
                let why = why.as_str().unwrap_or("other").to_owned();
                Self::conflict(
                    "rejected",
                    format!("Mục thứ {} không ghi được ({why}). Chưa có gì được ghi.", index + 1),
                )
            }
            StoreError::Unreadable(what) => {
                tracing::error!(what, "unreadable row");
                Self::internal()
            }
            error => {
                tracing::error!(%error, "store");
                Self::unavailable()
            }
        }
    }
}

impl From<CodeFault> for ApiError {
    fn from(fault: CodeFault) -> Self {
        match fault {
            CodeFault::Unknown => {
                Self::new(StatusCode::UNAUTHORIZED, "bad_code", "Mã không đúng. Vui lòng xem lại mã được phát.")
            }
            CodeFault::Used => Self::conflict("code_used", "Mã này đã được dùng. Vui lòng xin mã mới ở chi bộ."),
            CodeFault::Expired => Self::conflict("code_expired", "Mã này đã hết hạn. Vui lòng xin mã mới ở chi bộ."),
        }
    }
}

impl From<SetupFault> for ApiError {
    fn from(fault: SetupFault) -> Self {
        match fault {
            SetupFault::WrongCode => Self::new(
                StatusCode::UNAUTHORIZED,
                "bad_code",
                "Mã thiết lập không đúng. Xin lấy lại đường dẫn mới nhất trong nhật ký của máy chủ.",
            ),
            SetupFault::Done => {
                Self::conflict("set_up", "Máy chủ này đã được thiết lập. Xin đăng nhập bằng mã do người quản trị cấp.")
            }
        }
    }
}

impl From<AdminFault> for ApiError {
    fn from(fault: AdminFault) -> Self {
        match fault {
            AdminFault::NotFound => Self::not_found(),
            AdminFault::NameTaken => Self::conflict("name_taken", "Đã có đơn vị mang tên này. Xin đặt tên khác."),
            AdminFault::Closed => Self::conflict("unit_closed", "Đơn vị này đã ngừng hoạt động."),
            AdminFault::HasMembers(n) => Self::conflict(
                "has_members",
                format!("Chi bộ còn {n} người trong danh sách. Xin chuyển hoặc cho thôi hết rồi mới ngừng hoạt động."),
            ),
            AdminFault::LastAdmin => Self::conflict(
                "last_admin",
                "Đây là người quản trị cuối cùng của đơn vị. Xin giao quyền quản trị cho người khác trước.",
            ),
            AdminFault::Off => Self::conflict("account_off", "Tài khoản này đang bị khóa. Xin mở khóa trước."),
            AdminFault::MeetingOver => {
                Self::conflict("meeting_over", "Buổi họp này đã kết thúc hoặc đã hủy, không giao điểm danh được nữa.")
            }
        }
    }
}

impl From<JsonRejection> for ApiError {
    fn from(rejection: JsonRejection) -> Self {
        match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Self::too_large("Dữ liệu gửi lên quá lớn."),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_json", "Yêu cầu phải là JSON.")
            }
            _ => Self::bad("bad_body", "Nội dung gửi lên không đúng mẫu."),
        }
    }
}

impl From<PathRejection> for ApiError {
    fn from(_: PathRejection) -> Self {
        Self::bad("bad_path", "Địa chỉ không đúng mẫu.")
    }
}

impl From<QueryRejection> for ApiError {
    fn from(_: QueryRejection) -> Self {
        Self::bad("bad_query", "Tham số không đúng mẫu.")
    }
}

/// JSON in and out.
#[derive(Debug, FromRequest)]
#[from_request(via(axum::Json), rejection(ApiError))]
pub struct Json<T>(pub T);

impl<T: serde::Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// Parts of the path.
#[derive(Debug, FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(ApiError))]
pub struct Path<T>(pub T);

/// Parameters behind the question mark.
#[derive(Debug, FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(ApiError))]
pub struct Query<T>(pub T);
