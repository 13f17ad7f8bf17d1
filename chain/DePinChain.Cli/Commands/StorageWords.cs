namespace DePinChain.Cli.Commands;

/// <summary>States of the storage market in words.</summary>
internal static class StorageWords
{
    private static readonly string[] States =
    [
        "none", "proposed", "published", "active", "completed", "terminated", "slashed", "cancelled", "expired",
    ];

    public static string StateOf(ulong state) => state < (ulong)States.Length ? States[state] : "unknown";
}
