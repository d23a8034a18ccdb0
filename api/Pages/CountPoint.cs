namespace Campaigns.Api.Pages;

/// <summary>What a day or week added to the count, and the count at its end.</summary>
public readonly record struct CountPoint(DateOnly On, long Added, long Total);
