//! Icons as inline SVG, drawn with one stroked path on a 24 × 24 field. Always decoration: a word stands beside each.

use leptos::prelude::*;

macro_rules! icons {
    ($($(#[$doc:meta])* $name:ident = $path:literal),+ $(,)?) => {
        /// An icon.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Icon { $($(#[$doc])* $name),+ }
        impl Icon {
            /// The path data.
            #[must_use]
            pub const fn path(self) -> &'static str {
                match self { $(Self::$name => $path),+ }
            }
        }
    };
}

icons! {
    /// The mark of the product: a small open notebook.
    Notebook = "M12 6.5C10 5 7 4.5 3.5 4.7v13.6C7 18 10 18.6 12 20c2-1.400 5-2 8.500-1.700V4.700C17 4.500 14 5 12 6.500zM12 6.500V20",
    /// First page.
    Home = "M4 11.500 12 4.500l8 7M6 10v9.500h12V10M10 19.500V14h4v5.500",
    /// Roll call.
    Roll = "M9 5H6v15h12V5h-3M9 3.500h6v3H9zM9 13.500l2 2 4-4.500",
    /// A list of people.
    People = "M9 11.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM2.500 20c.3-3.800 2.800-6 6.500-6s6.200 2.200 6.500 6M16 4.800a3.500 3.500 0 0 1 0 6.400M18 14.500c2.200.8 3.300 2.700 3.500 5.500",
    /// One person.
    Person = "M12 11.500a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.500 20.500c.4-4.200 3.200-6.500 7.500-6.500s7.100 2.300 7.500 6.500",
    /// Notices.
    Bell = "M6 16.500V11a6 6 0 0 1 12 0v5.500l1.500 1.500h-15zM10 20.500h4M12 3v2",
    /// Overview of the ward.
    Chart = "M4 20h16M6.500 17v-5M12 17V6M17.500 17V9.500",
    /// Units.
    Tree = "M9.500 3.500h5v4h-5zM3.500 16.500h5v4h-5zM15.500 16.500h5v4h-5zM12 7.500V12M6 16.500V12h12v4.500",
    /// Work to do.
    Tasks = "M4 6.500l1.500 1.500L8 5M4 12.500l1.500 1.500L8 11M4 18.500l1.500 1.500L8 17M12 6.500h8M12 12.500h8M12 18.500h8",
    /// Done, present.
    Check = "M4.500 12.500l5 5 10-11",
    /// Durable at the server.
    CheckAll = "M2.500 13l4 4 8-9M11 16l1.500 1.500 9-10",
    /// Close, absent.
    Cross = "M6 6l12 12M18 6 6 18",
    /// Back.
    Back = "M15 5l-7 7 7 7",
    /// On.
    Next = "M9 5l7 7-7 7",
    /// Add.
    Plus = "M12 5v14M5 12h14",
    /// Search.
    Search = "M10.500 17a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13zM15.500 15.500l5 5",
    /// Time, late.
    Clock = "M12 20.500a8.500 8.500 0 1 0 0-17 8.500 8.500 0 0 0 0 17zM12 7v5.500l3.500 2",
    /// Place.
    Place = "M12 21c4.500-5 6.500-8 6.500-11a6.500 6.500 0 1 0-13 0c0 3 2 6 6.500 11zM12 12.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5z",
    /// Calendar.
    Calendar = "M4.500 6h15v14h-15zM4.500 10.500h15M8.500 3.500V8M15.500 3.500V8",
    /// A paper.
    Paper = "M6 3.500h8l4 4v13H6zM14 3.500v4h4M9 12h6M9 16h6",
    /// Phone (device).
    Phone = "M7.500 2.500h9v19h-9zM11 18.500h2",
    /// Call somebody.
    Call = "M6 3.500l3 .5 1.500 4-2 1.500c1 2.500 3 4.500 5.500 5.500l1.500-2 4 1.500.5 3c-.5 2-2 3-4 2.500C9.500 18.500 5 14 3.500 7.500 3.200 5.500 4 4 6 3.500z",
    /// Sent.
    Send = "M3.500 11.500 20.500 4l-5 16.500-4-7zM11.500 13.500 20.500 4",
    /// Going round.
    Turn = "M20 12a8 8 0 1 1-2.500-5.800M20 3.500V8h-4.500",
    /// Attention.
    Warn = "M12 4 2.500 20h19zM12 10v5M12 17.500v.1",
    /// Information.
    Info = "M12 20.500a8.500 8.500 0 1 0 0-17 8.500 8.500 0 0 0 0 17zM12 11v5.500M12 7.500v.1",
    /// No link.
    CloudOff = "M7 18.500a4 4 0 0 1-.5-8c.2-.9.6-1.700 1.100-2.400M10.500 5.800A6 6 0 0 1 18 10.500a4 4 0 0 1 2 7.200M4 4l16 16.500",
    /// Linked.
    Cloud = "M7 18.500a4 4 0 0 1-.5-8 6 6 0 0 1 11.500 0 4 4 0 0 1-.5 8z",
    /// Settings.
    Gear = "M4 7h9M17 7h3M4 17h3M11 17h9M15 9.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5zM9 19.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5z",
    /// Edit.
    Pen = "M4 20l1-4.500L16.500 4 20 7.500 8.500 19zM14 6.500l3.500 3.500",
    /// More about a row.
    More = "M12 5.500v.1M12 12v.1M12 18.500v.1",
    /// Open.
    Play = "M7.500 4.500v15l12-7.500z",
    /// Closed.
    Lock = "M5.500 10.500h13v10h-13zM8.500 10.500V7.500a3.500 3.500 0 0 1 7 0v3",
    /// Undo.
    Undo = "M8 4.500 3.500 9 8 13.500M3.500 9H14a6 6 0 0 1 0 12h-4",
    /// Download.
    Download = "M12 3.500v12M7 11l5 5 5-5M4 20.500h16",
    /// Upload.
    Upload = "M12 16V4M7 8.500l5-5 5 5M4 20.500h16",
    /// Print.
    Print = "M7 8.500v-5h10v5M7 17H4V8.500h16V17h-3M7 14h10v6.500H7z",
    /// Sign out.
    Leave = "M10 4H5v16h5M14.500 8l4 4-4 4M18.500 12H9.500",
    /// Share (as drawn by iOS).
    Share = "M12 14.500v-11M8 7l4-4 4 4M8 10.500H5.500v10h13v-10H16",
    /// A key, a code.
    Key = "M8 19a4.500 4.500 0 1 0 0-9 4.500 4.500 0 0 0 0 9zM11 11.500l8.500-8M16 6.500l3 3",
}

impl Icon {
    /// As a view of 1.5 rem.
    #[must_use]
    pub fn view(self) -> AnyView {
        self.sized("icon")
    }
    /// As high as the text around it.
    #[must_use]
    pub fn small(self) -> AnyView {
        self.sized("icon small")
    }
    /// As the picture of a face.
    #[must_use]
    pub fn large(self) -> AnyView {
        self.sized("icon large")
    }
    fn sized(self, class: &'static str) -> AnyView {
        view! { <svg class=class viewBox="0 0 24 24" aria-hidden="true"><path d=self.path()></path></svg> }.into_any()
    }
}
