using System.Globalization;

namespace Campaigns.Signatures;

/// <summary>The English sentences of the problems. A sentence never repeats the input.</summary>
public static class InputProblems
{
    /// <param name="problem">What is wrong.</param>
    /// <param name="most">The limit that <see cref="InputProblem.TooLong"/> and
    /// <see cref="InputProblem.Marks"/> name.</param>
    public static string Sentence(this InputProblem problem, int most = 0) =>
        problem switch
        {
            InputProblem.Missing => "A name is needed.",
            InputProblem.TooLong => string.Create(
                CultureInfo.InvariantCulture,
                $"This is longer than {most} characters."
            ),
            InputProblem.NoLetter => "A name has at least one letter.",
            InputProblem.Broken => "This contains a code that is not a character.",
            InputProblem.Invisible =>
                "This contains an invisible character: a control character, a direction override or a tag.",
            InputProblem.Marks => string.Create(
                CultureInfo.InvariantCulture,
                $"This has more than {most} marks on one letter."
            ),
            InputProblem.AtSign => "This has an @ between letters, as an e-mail address has, and it would be printed.",
            InputProblem.Scheme => "This begins a web address, as https:// does. Web addresses cannot be used here.",
            InputProblem.Www => "This has a web address with www. Web addresses cannot be used here.",
            InputProblem.WebAddress =>
                "This reads as a web address, because a known ending such as .org follows a full stop.",
            InputProblem.Space => "An e-mail address has no spaces.",
            InputProblem.NoAddress => "An e-mail address has a name, one @ and a domain.",
            InputProblem.LocalPart => "The part before the @ has characters an address cannot have.",
            InputProblem.LocalPartTooLong => "The part before the @ is too long.",
            InputProblem.Domain => "The part after the @ is not a domain name.",
            _ => throw new ArgumentOutOfRangeException(nameof(problem)),
        };
}
