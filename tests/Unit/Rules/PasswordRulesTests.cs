using Campaigns.Staff;

namespace Campaigns.Tests.Unit.Rules;

public sealed class PasswordRulesTests
{
    [Theory]
    [InlineData("otters read maps at dusk")]
    [InlineData("seven grey herons wait")]
    [InlineData("Tr0ub4dor&3-staple")]
    [InlineData("sju grå hegrer venter")]
    [InlineData("青い鷺が七羽水辺で待っている")]
    [InlineData("kX7#pQ2!vL9z")]
    public void Password_that_is_hard_to_guess_is_accepted(string password) =>
        Assert.Null(PasswordRules.Check(password, "kari@example.org", "Kari Nordmann", "petitions.example.org"));

    [Theory]
    [InlineData("", PasswordProblem.TooShort)]
    [InlineData("elevenchars", PasswordProblem.TooShort)]
    // Twelve code points, but three letters as people see them.
    [InlineData("e\u0301\u0301\u0301e\u0301\u0301\u0301e\u0301\u0301\u0301", PasswordProblem.TooShort)]
    [InlineData("aaaaaaaaaaaaaaaa", PasswordProblem.TooSimple)]
    [InlineData("abcdabcdabcdabcd", PasswordProblem.TooSimple)]
    [InlineData("otterotterotter", PasswordProblem.TooSimple)]
    [InlineData("qwertyuiop123456", PasswordProblem.TooCommon)]
    [InlineData("0987654321abcdef", PasswordProblem.TooSimple)]
    [InlineData("password1234", PasswordProblem.TooCommon)]
    [InlineData("Welcome2026!!", PasswordProblem.TooCommon)]
    [InlineData("wachtwoordwachtwoord1", PasswordProblem.TooCommon)]
    [InlineData("kari.nordmann1", PasswordProblem.TooCommon)]
    [InlineData("kari@example.org", PasswordProblem.TooCommon)]
    [InlineData("petitions.example.org", PasswordProblem.TooCommon)]
    public void Password_that_is_guessed_first_is_refused(string password, PasswordProblem problem) =>
        Assert.Equal(
            problem,
            PasswordRules.Check(password, "kari@example.org", "Kari Nordmann", "petitions.example.org")
        );

    [Fact]
    public void Password_has_an_upper_limit() =>
        Assert.Equal(PasswordProblem.TooLong, PasswordRules.Check(string.Join(' ', Enumerable.Range(0, 200))));
}
