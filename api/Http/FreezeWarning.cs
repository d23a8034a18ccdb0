using Campaigns.Db.Freezes;

namespace Campaigns.Api.Http;

/// <summary>
/// Says that the installation is frozen. The server stays ready, because signers still change and
/// leave.
/// </summary>
internal sealed class FreezeWarning(FreezeStore freezes) : IWarning
{
    public string Name => "freeze";

    public string? Find() =>
        freezes.IsFrozen
            ? "the installation is frozen: it takes no signatures, sends no letters and hands out no files; "
                + "unfreeze ends it"
            : null;
}
