//! One chart on a card: axes, and what is drawn between them.
//!
//! Drawn by hand on plotters' canvas rather than by plotters' own charts: those have neither labels
//! that move apart, nor curves that end at the frame, nor dashes that go on around a corner, and
//! their layout follows from the fonts of the machine, while our pictures are the same bytes
//! everywhere.
//!
//! An [`axis`] says where a value is, a [`plot`] collects what is drawn, and [`render`] draws it:
//! the [`frame`] and the [`marks`] on a [`canvas`].

pub(super) mod axis;
mod canvas;
mod clipping;
mod dashes;
mod frame;
mod lettering;
mod marks;
pub(super) mod number;
pub(super) mod picture;
pub(super) mod plot;
pub(super) mod render;
mod spacing;
pub(super) mod style;
