namespace Campaigns.Api.Doctor;

/// <summary>A check of the list, which is created only to run.</summary>
internal sealed record CheckDefinition(string Name, bool IsDeep, Type Type)
{
    public static CheckDefinition For<T>()
        where T : ICheck => new(T.Name, T.IsDeep, typeof(T));
}
