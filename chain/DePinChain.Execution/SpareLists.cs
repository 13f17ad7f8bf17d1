namespace DePinChain.Execution;

/// <summary>Empty lists that have grown before: a block's journals fill them again and again. One for each thread and kind.</summary>
internal static class SpareLists<T>
{
    // A list beyond it served a full block; the next one may be empty.
    private const int CapacityMax = 16_384;

    [ThreadStatic]
    private static List<T>? _spare;

    public static List<T> Take()
    {
        List<T> list = _spare ?? [];
        _spare = null;
        return list;
    }

    /// <summary>Gives back a list that nobody refers to any more.</summary>
    public static void Return(List<T> list)
    {
        if (list.Capacity > CapacityMax) return;
        list.Clear();
        _spare = list;
    }
}
