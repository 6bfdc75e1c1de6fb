//! Images, and why one is not shown.

use super::texts;
use crate::image::Trouble;

texts! {
    /// Sentences about images.
    pub enum Image {
        Loading: "loading the image…", "正在加载图片…";
        Behind: "image", "图片";
        Parted: "scroll to see the whole image", "滚动以查看完整图片";
        Gone: "The file is not there any more.", "文件已不在原处。";
        Changed: "Another file lies there now than the one that was sent.", "原处的文件已不是发送时的文件。";
        Unreadable: "The file cannot be read.", "无法读取该文件。";
        TooBig: "The file is too big to be shown here; open it with another program.", "文件太大，无法在此显示，请用其他程序打开。";
        TooManyPixels: "The image has too many pixels to be shown here; open it with another program.", "图片尺寸太大，无法在此显示，请用其他程序打开。";
        NotAnImage: "This is no image of a kind that can be shown.", "这不是可以显示的图片。";
        Broken: "The image is damaged.", "图片已损坏。";
    }
}

impl From<Trouble> for Image {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Gone => Self::Gone,
            Trouble::Changed => Self::Changed,
            Trouble::Unreadable => Self::Unreadable,
            Trouble::TooBig => Self::TooBig,
            Trouble::TooManyPixels => Self::TooManyPixels,
            Trouble::NotAnImage => Self::NotAnImage,
            Trouble::Broken => Self::Broken,
        }
    }
}
