//! Draws results of your own: a CSV file with a row for each compressed network, and from it the
//! frontier of bits against training error, with the bounds that they prove.

use std::fs;

use nonvacuous::figures::FigureKind;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let results = tempfile::tempdir()?.keep().join("mine.csv");
    // Training errors of 60,000 examples, and the bits of each file; at 95% confidence.
    fs::write(
        &results,
        "n,delta,errors,bits\n\
         60000,0.05,2400,1100\n\
         60000,0.05,1035,1688\n\
         60000,0.05,604,3312\n\
         60000,0.05,310,7900\n",
    )?;

    let picture = FigureKind::Frontier.draw(&[&results])?;
    let drawing = results.with_extension("svg");
    fs::write(&drawing, picture.svg())?;
    println!("{} has {} bytes", drawing.display(), picture.svg().len());
    Ok(())
}
