//! The best monotone recalibration of ratios: pool adjacent violators (Ayer and others 1955).

use super::Trials;

/// Ratios that lie together: how many, how many of them of the first proposition.
struct Block {
    count: f64,
    same: f64,
    /// The ratios before recalibration.
    members: (usize, usize),
}

/// Gives each ratio the one that its block bears out; the same order, infinite where a block has one kind only.
pub(super) fn recalibrate(trials: &Trials) -> Trials {
    let mut scores: Vec<(f64, bool)> =
        trials.same.iter().map(|l| (*l, true)).chain(trials.different.iter().map(|l| (*l, false))).collect();
    scores.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut blocks: Vec<Block> = Vec::new();
    let mut last = f64::NAN;
    for (at, (score, is_same)) in scores.iter().enumerate() {
        let same = f64::from(u8::from(*is_same));
        match blocks.last_mut().filter(|_| score.total_cmp(&last).is_eq()) {
            // Equal ratios can only be told apart by luck.
            Some(block) => {
                block.count += 1.0;
                block.same += same;
                block.members.1 = at + 1;
            }
            None => {
                pool(&mut blocks);
                blocks.push(Block { count: 1.0, same, members: (at, at + 1) });
            }
        }
        last = *score;
    }
    pool(&mut blocks);
    let mut out = Trials::default();
    let prior = (as_real(trials.same.len()) / as_real(trials.different.len())).log10();
    for block in &blocks {
        let log10_lr = (block.same / (block.count - block.same)).log10() - prior;
        for (_, is_same) in scores.get(block.members.0..block.members.1).unwrap_or_default() {
            out.push(*is_same, log10_lr);
        }
    }
    out
}

/// Pools the last blocks as long as their shares do not rise.
fn pool(blocks: &mut Vec<Block>) {
    while let [.., before, last] = blocks.as_mut_slice() {
        if before.same / before.count < last.same / last.count {
            return;
        }
        before.count += last.count;
        before.same += last.same;
        before.members.1 = last.members.1;
        blocks.pop();
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
fn as_real(count: usize) -> f64 {
    count as f64
}
