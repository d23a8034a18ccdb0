using Campaigns.Db.Packets;

namespace Campaigns.Api.Endpoints.Live;

/// <summary>An event that may be sent.</summary>
/// <param name="Name">Its kind.</param>
/// <param name="Subject">What it is about: the kind, or one packet.</param>
/// <param name="State">Equal while there is nothing to send again.</param>
/// <param name="Data">The data, for JSON.</param>
internal sealed record LiveEvent(string Name, string Subject, string State, object Data)
{
    public static LiveEvent Of(LiveCountsView counts) => new("counts", "counts", $"{counts.Confirmed}", counts);

    public static LiveEvent Of(Packet packet)
    {
        var view = new LivePacketView(Ids.Text(packet.Id), packet.Status, packet.Done, packet.Total);
        return new("packet", view.Id, $"{view.Status} {view.Done} {view.Total}", view);
    }

    public static LiveEvent Of(LiveLettersView letters) => new("letters", "letters", $"{letters.Stuck}", letters);

    public static LiveEvent Of(LiveProblemView problem) =>
        new("problem", "problem", string.Join(' ', problem.Checks), problem);
}

/// <summary>The confirmed signatures of the countries that the member reaches.</summary>
internal sealed record LiveCountsView(string Campaign, DateTimeOffset AsOf, long Confirmed)
{
    public const string Example = "event: counts\ndata: {\"campaign\":\"chechnya-2019\",…,\"confirmed\":1204}\n\n";
}

/// <summary>A packet, its status and its progress.</summary>
internal sealed record LivePacketView(string Id, string Status, long Done, long Total);

/// <summary>How many letters were given up or wait for long.</summary>
internal sealed record LiveLettersView(long Stuck);

/// <summary>The checks of the server that find a problem now.</summary>
internal sealed record LiveProblemView(IReadOnlyList<string> Checks);
