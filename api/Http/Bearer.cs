namespace Campaigns.Api.Http;

internal static class Bearer
{
    /// <summary>The token of <c>Authorization: Bearer</c>, or null.</summary>
    public static string? TokenOf(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header["Bearer ".Length..].Trim() : null;
    }
}
