namespace Campaigns.Api.Http;

/// <summary>
/// HEAD answers wherever GET does, with the same headers: the server sends no body for it. Handlers
/// ask <see cref="HttpMethods.IsHead"/> only where making the body is costly or has no end.
/// </summary>
internal static class HeadRequests
{
    private static readonly string[] _getAndHead = [HttpMethods.Get, HttpMethods.Head];

    public static TBuilder AnswersHead<TBuilder>(this TBuilder routes)
        where TBuilder : IEndpointConventionBuilder
    {
        routes.Add(endpoint =>
        {
            for (var place = 0; place < endpoint.Metadata.Count; place++)
                if (
                    endpoint.Metadata[place] is IHttpMethodMetadata { HttpMethods: [var method] } only
                    && HttpMethods.IsGet(method)
                )
                    endpoint.Metadata[place] = new HttpMethodMetadata(_getAndHead, only.AcceptCorsPreflight);
        });
        return routes;
    }
}
