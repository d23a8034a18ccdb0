namespace Campaigns.Worker.Letters.Smtp;

/// <summary>A reply, all lines of it. Its text stays in here: servers quote addresses.</summary>
internal sealed record SmtpReply(int Code, IReadOnlyList<string> Lines)
{
    public bool Positive => Code is >= 200 and < 300;
    public bool GoAhead => Code is >= 300 and < 400;
    public bool Permanent => Code is >= 500;

    /// <summary>The server is closing the channel (RFC 5321, 3.8).</summary>
    public bool Closing => Code == 421;

    /// <summary>The enhanced status where there is one of the reply's own class (RFC 2034), else the code. Digits and dots only.</summary>
    public string Status => Enhanced(Lines[0], Code) ?? Code.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string? Enhanced(string line, int code)
    {
        var word = line.Split(' ', 2)[0];
        var parts = word.Split('.');
        return parts.Length == 3 && parts[0].Length == 1 && parts[0][0] - '0' == code / 100 && parts[1..].All(IsNumber) ? word : null;

        static bool IsNumber(string part) => part.Length is >= 1 and <= 3 && part.All(char.IsAsciiDigit);
    }
}

/// <summary>The conversation broke: no more can be said on this connection. Carries a word of ours, never the server's.</summary>
internal sealed class SmtpBrokenException(string word, Exception? cause = null) : Exception(word, cause)
{
    public string Word => Message;
}
