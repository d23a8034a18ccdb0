using Campaigns.Db.Staff;

namespace Campaigns.Db.Sendings;

/// <summary>Who changes which sending.</summary>
/// <param name="Slug">The campaign of the update.</param>
/// <param name="UpdateId">The update.</param>
/// <param name="Actor">Who changes it.</param>
public sealed record SendingChange(string Slug, long UpdateId, Actor Actor);
