//! Line plots as SVG: two axes, a few curves, and nothing that a viewer would have to fetch.

use std::fmt::Write as _;

/// A curve: its name, its colour, its points.
pub(super) type Curve<'a> = (&'a str, &'a str, Vec<(f64, f64)>);

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 400.0;
const MARGIN: f64 = 56.0;

/// Draws curves over `x` from `x.0` to `x.1` and `y` from 0 to `y_most`.
pub(super) fn plot(
    title: &str,
    x_label: &str,
    y_label: &str,
    x: (f64, f64),
    y_most: f64,
    curves: &[Curve<'_>],
) -> String {
    let px = |v: f64| MARGIN + (v - x.0) / (x.1 - x.0) * (WIDTH - 2.0 * MARGIN);
    let py = |v: f64| HEIGHT - MARGIN - v / y_most * (HEIGHT - 2.0 * MARGIN);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" \
         font-size=\"12\" role=\"img\"><title>{title}</title><rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    let mut add = |line: String| {
        let _always = writeln!(out, "{line}");
    };
    add(format!("<text x=\"{}\" y=\"24\" text-anchor=\"middle\" font-size=\"15\">{title}</text>", WIDTH / 2.0));
    add(format!("<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{x_label}</text>", WIDTH / 2.0, HEIGHT - 14.0));
    add(format!(
        "<text transform=\"translate(16 {}) rotate(-90)\" text-anchor=\"middle\">{y_label}</text>",
        HEIGHT / 2.0
    ));
    let mut tick = x.0.ceil();
    while tick <= x.1 {
        let (at, low, high) = (px(tick), py(0.0), py(y_most));
        add(format!("<path d=\"M{at:.1} {low:.1}V{high:.1}\" stroke=\"#e4e4e4\"/>"));
        add(format!("<text x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{tick}</text>", low + 16.0));
        tick += 1.0;
    }
    for step in 0..=4 {
        let value = y_most * f64::from(step) / 4.0;
        let at = py(value);
        add(format!("<path d=\"M{:.1} {at:.1}H{:.1}\" stroke=\"#e4e4e4\"/>", px(x.0), px(x.1)));
        add(format!("<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{value:.2}</text>", px(x.0) - 6.0, at + 4.0));
    }
    for (number, (name, colour, points)) in curves.iter().enumerate() {
        let path: Vec<String> = points.iter().map(|(a, b)| format!("{:.1},{:.1}", px(*a), py(b.min(y_most)))).collect();
        add(format!("<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>", path.join(" ")));
        let y = 44.0 + 16.0 * f64::from(u8::try_from(number).unwrap_or(u8::MAX));
        let left = WIDTH - MARGIN - 190.0;
        add(format!("<path d=\"M{left} {y}h24\" stroke=\"{colour}\" stroke-width=\"2\"/>"));
        add(format!("<text x=\"{}\" y=\"{}\">{name}</text>", left + 30.0, y + 4.0));
    }
    out.push_str("</svg>\n");
    out
}
