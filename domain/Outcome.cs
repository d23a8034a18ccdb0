namespace Campaigns;

/// <summary>
/// Either the result or the refusal; <see cref="Refusal"/> says which. A result may be null where
/// the method says so.
/// </summary>
public readonly record struct Outcome<T>(T? Value, Refusal? Refusal)
{
    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(Refusal refusal) => new(default, refusal);
}
