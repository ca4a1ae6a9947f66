// Has PDF files judged by veraPDF, the reference validator of PDF/A: java -cp JAR scripts/PdfaCheck.java FLAVOUR FILE...
// Ends with 1 where a file does not conform, and says by which rule.

import java.io.File;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

public class PdfaCheck {
    public static void main(String[] arguments) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        PDFAFlavour flavour = PDFAFlavour.byFlavourId(arguments[0]);
        boolean conform = true;
        for (int i = 1; i < arguments.length; i++) {
            File file = new File(arguments[i]);
            try (PDFAParser parser = Foundries.defaultInstance().createParser(file, flavour);
                 PDFAValidator validator = Foundries.defaultInstance().createValidator(flavour, false)) {
                ValidationResult result = validator.validate(parser);
                System.out.println("veraPDF: " + file.getName() + ": " + result.getTotalAssertions() + " checks of PDF/A-" + flavour.getId()
                    + (result.isCompliant() ? ", none failed" : ", NOT compliant"));
                for (TestAssertion failed : result.getTestAssertions()) {
                    System.out.println("  " + failed.getRuleId() + ": " + failed.getMessage() + " at " + failed.getLocation());
                }
                conform &= result.isCompliant();
            }
        }
        System.exit(conform ? 0 : 1);
    }
}
