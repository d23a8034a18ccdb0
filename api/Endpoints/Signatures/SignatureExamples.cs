namespace Campaigns.Api.Endpoints.Signatures;

/// <summary>The examples of the OpenAPI document.</summary>
internal static class SignatureExamples
{
    private const string Token = "AQAAAAAAAAAB.c2VjcmV0LW9mLXRoZS1saW5r";
    private const string TextHash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    private static readonly DateTimeOffset _signedAt = new(2019, 5, 17, 9, 0, 0, TimeSpan.Zero);

    public static SignRequest Sign { get; } =
        new("kari@example.org", "NO", new SignConsents(true, true), "Kari Nordmann", "Bergen", "nb", "name", TextHash);

    public static ConfirmRequest Confirm { get; } = new(Token);

    public static ConfirmedView Confirmed { get; } = new("chechnya-2019", "NO", "confirmed", Token, Held: false);

    public static ManageLinkRequest ManageLink { get; } = new("kari@example.org");

    public static MySignatureView Mine { get; } =
        new(
            "chechnya-2019",
            "confirmed",
            "Kari Nordmann",
            "kari@example.org",
            "NO",
            "Bergen",
            "nb",
            "name",
            new MyConsents(true, true),
            TextHash,
            _signedAt,
            _signedAt.AddMinutes(3),
            17,
            Held: false
        );

    public static ChangeSignatureRequest Change { get; } =
        new("Kari Nordmann", "Bergen", "initials", new ChangeConsents(false));

    public static SignatureOnHoldView OnHold { get; } =
        new("463856467968002048", "confirmed", "NO", "network", _signedAt);

    public static WaveView Wave { get; } =
        new("5309114860321472901", _signedAt, _signedAt.AddMinutes(40), 312, "network");

    public static ListedSignatureView Listed { get; } =
        new(
            "463856467968002048",
            "confirmed",
            "NO",
            _signedAt,
            _signedAt.AddMinutes(3),
            "network",
            "5309114860321472901"
        );

    public static SignatureDetailsView Details { get; } =
        new(
            "463856467968002048",
            "confirmed",
            "NO",
            _signedAt,
            _signedAt.AddMinutes(3),
            null,
            null,
            "Kari Nordmann",
            "Bergen",
            "nb",
            "name",
            TextHash,
            null,
            [new ConsentView("disclose", "name", "1", _signedAt, null)],
            [new LetterView("463856467968002049", "confirm", "sent", _signedAt, _signedAt.AddMinutes(1), null)],
            new SignatureLineView(17, null)
        );

    public static CorrectNameRequest CorrectName { get; } = new("Kari Nordmann", "The signer asked for it by letter.");
}
