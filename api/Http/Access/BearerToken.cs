namespace Campaigns.Api.Http.Access;

internal static class BearerToken
{
    /// <summary>The token of <c>Authorization: Bearer</c>, or null.</summary>
    public static string? Read(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            ? header["Bearer ".Length..].Trim()
            : null;
    }
}
