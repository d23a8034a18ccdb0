using Campaigns.Db.Letters;
using Campaigns.Letters;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Stores.Letters;

public sealed class LetterDayTests : IAsyncLifetime
{
    private CapturedLetters _letters = null!;

    public async Task InitializeAsync()
    {
        _letters = await CapturedLetters.OpenAsync();
        _letters.Server.Answer = command =>
            command.StartsWith("RCPT", StringComparison.Ordinal) && command.Contains("gone", StringComparison.Ordinal)
                ? "550 5.1.1 no such user"
            : command.StartsWith("RCPT", StringComparison.Ordinal)
            && command.Contains("full", StringComparison.Ordinal)
                ? "452 4.2.2 full"
            : command == "DATA" ? "354 go on"
            : "250 ok";
    }

    public async Task DisposeAsync() => await _letters.DisposeAsync();

    [Fact]
    public async Task Letters_are_counted_by_the_day_and_kind_of_their_fate()
    {
        foreach (var name in (string[])["kari", "ola", "gone", "full"])
            await _letters.Campaign.SignAsync($"{name}@example.org");
        await _letters.Campaign.SignAsync("ola@example.org", name: "Ola Corrected");
        await _letters.SendAsync();
        // The letter to a full mailbox is tried again, so that it has no fate yet.
        Assert.Equal("accepted 2, cancelled 1, created 5, refused 5.1.1 1", Days());

        await _letters.Campaign.SignAsync("gone@example.org");
        Assert.Equal("accepted 2, cancelled 1, created 5, refused 5.1.1 1, suppressed 1", Days());

        _letters.Campaign.Clock.Advance(TimeSpan.FromDays(1));
        await _letters.Campaign.SignAsync("anna@example.org");
        await _letters.SendAsync();
        Assert.Equal(
            "accepted 1, created 1; accepted 2, cancelled 1, created 5, refused 5.1.1 1, suppressed 1",
            Days()
        );
    }

    [Fact]
    public async Task Queued_letter_to_a_suppressed_address_counts_as_suppressed()
    {
        await _letters.Campaign.SignAsync("gone@example.org");
        await _letters.Campaign.SignAsync("gone@example.org");
        await _letters.SendAsync();
        await _letters.Campaign.SignAsync("gone@example.org");
        _letters.Campaign.Clock.Advance(TimeSpan.FromSeconds(1));
        await _letters.SendAsync();
        // Both letters left together, because the first refusal was not recorded when they were claimed.
        Assert.Equal("created 2, refused 5.1.1 2, suppressed 1", Days());
    }

    [Fact]
    public async Task Figures_of_days_long_past_are_not_shown()
    {
        await _letters.Campaign.SignAsync("kari@example.org");
        _letters.Campaign.Clock.Advance(TimeSpan.FromDays(LetterFate.DaysShown - 1));
        Assert.Equal("created 1", Days());
        _letters.Campaign.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal("", Days());
    }

    private string Days() =>
        string.Join(
            "; ",
            _letters
                .Campaign.Get<LetterStore>()
                .ListDays(_letters.Campaign.Campaign.Id)
                .GroupBy(row => row.Day)
                .Select(day => string.Join(", ", day.Select(Text)))
        );

    private static string Text(LetterDay row) =>
        row.Code.Length == 0 ? $"{row.Fate} {row.Letters}" : $"{row.Fate} {row.Code} {row.Letters}";
}
