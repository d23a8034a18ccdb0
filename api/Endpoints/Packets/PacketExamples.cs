using Campaigns.Packets;

namespace Campaigns.Api.Endpoints.Packets;

/// <summary>The examples of the OpenAPI document.</summary>
internal static class PacketExamples
{
    private const string Hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    private static readonly DateTimeOffset _requestedAt = new(2019, 5, 17, 9, 0, 0, TimeSpan.Zero);

    public static PacketPreviewView Preview { get; } =
        new(
            ["NO"],
            "initials",
            "name",
            new CutOff(1_230, Hash),
            new Dictionary<string, PacketCountsView> { ["NO"] = new(1_200, 0, 900, 256, 44) },
            [new LimitedSignatures(LineLimit.Recipient, 700), new LimitedSignatures(LineLimit.Choice, 256)],
            1_156,
            1,
            [PreviewWarning.ApprovalNeeded, PreviewWarning.DisclosureLowered]
        );

    public static PacketDownloadView Download { get; } =
        new("463856467968002050", _requestedAt.AddMinutes(5), "Ingrid Solberg");

    public static CreatePacketRequest New { get; } =
        new("embassy-oslo", ["NO"], "initials", "nb", 1_230, ["csv", "xlsx"]);

    public static PacketView Packet { get; } =
        new(
            "463856467968002048",
            "chechnya-2019",
            "embassy-oslo",
            ["NO"],
            "ready",
            new ProgressView(1_156, 1_156),
            1_156,
            "initials",
            "name",
            new CutOff(1_230, Hash),
            [new PacketFile("volume-1.pdf", 482_113, Hash)],
            _requestedAt,
            "Ingrid Solberg",
            null,
            [],
            null,
            null
        );
}
