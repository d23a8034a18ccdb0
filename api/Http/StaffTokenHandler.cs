namespace Campaigns.Api.Http;

internal static class StaffTokenHandler
{
    /// <summary>The token of <c>Authorization: Bearer</c>, or null.</summary>
    public static string? ReadToken(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            ? header["Bearer ".Length..].Trim()
            : null;
    }
}
