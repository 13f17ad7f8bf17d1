namespace DePinChain.State;

/// <summary>
/// Recently used rows of the latest state in memory: a look-up here costs a tenth of one in the database. It holds two ages of rows; when
/// the young one is full the old one is forgotten, so hot rows stay and the size is bounded without bookkeeping on every read.
/// </summary>
/// <remarks>
/// Each part knows which generation of the state it shows. A reader of another generation is refused and reads the database, so a block can
/// become the latest while readers of the one before go on.
/// </remarks>
internal sealed class RowCache
{
    private const int Parts = 16;

    // What an entry costs besides its value: key, table slot, array header.
    private const int EntryBytes = 160;

    private readonly Part[] _parts;

    public RowCache(long bytesMax)
    {
        _parts = new Part[Parts];
        for (int i = 0; i < Parts; i++)
        {
            _parts[i] = new Part(bytesMax / (2 * Parts));
        }
    }

    /// <summary>Whether the row is known for a generation; the value is null where the row is known to be absent.</summary>
    public bool TryGet(ulong generation, in RowKey key, out byte[]? value) => PartOf(key).TryGet(generation, key, out value);

    /// <summary>Remembers what a reader of a generation found.</summary>
    public void Add(ulong generation, in RowKey key, byte[]? value) => PartOf(key).Add(generation, key, value);

    /// <summary>Moves on to the next generation, in which these rows differ.</summary>
    public void Advance(ulong generation, IEnumerable<Row> changes)
    {
        // Between the two steps the parts show no generation, and readers go to the database.
        foreach (Part part in _parts) part.Close();
        foreach (Row row in changes)
        {
            if (RowKey.TryOf(row.Table, row.Key, out RowKey key)) PartOf(key).Replace(key, row.Value);
        }

        foreach (Part part in _parts) part.Open(generation);
    }

    private Part PartOf(in RowKey key) => _parts[IndexOf(key)];

    private static int IndexOf(in RowKey key) => key.GetHashCode() & (Parts - 1);

    private sealed class Part(long bytesMax)
    {
        private const ulong NoGeneration = ulong.MaxValue;

        private readonly Lock _using = new();
        private LookupTable<RowKey, byte[]?> _young = new();
        private LookupTable<RowKey, byte[]?> _old = new();
        private long _youngBytes;
        private ulong _generation;

        public bool TryGet(ulong generation, in RowKey key, out byte[]? value)
        {
            lock (_using)
            {
                value = null;
                if (generation != _generation)
                {
                    return false;
                }

                if (_young.TryGet(key, out value))
                {
                    return true;
                }

                if (!_old.TryGet(key, out value))
                {
                    return false;
                }

                Set(key, value);
                return true;
            }
        }

        public void Add(ulong generation, in RowKey key, byte[]? value)
        {
            lock (_using)
            {
                if (generation == _generation)
                {
                    Set(key, value);
                }
            }
        }

        public void Close()
        {
            lock (_using) _generation = NoGeneration;
        }

        /// <summary>Puts a row's new value in the place of an old one; rows that nobody asked for are not taken in.</summary>
        public void Replace(in RowKey key, byte[]? value)
        {
            // Closed: nobody else looks at the tables until the part is opened again.
            bool isHot = _old.Remove(key) | _young.Contains(key);
            if (isHot) Set(key, value);
        }

        public void Open(ulong generation)
        {
            lock (_using) _generation = generation;
        }

        private void Set(in RowKey key, byte[]? value)
        {
            _youngBytes += EntryBytes + (value?.Length ?? 0);
            _young[key] = value;
            if (_youngBytes > bytesMax)
            {
                // The cleared table keeps its capacity, so that nothing large is allocated again and again.
                _old.Clear();
                (_old, _young) = (_young, _old);
                _youngBytes = 0;
            }
        }
    }
}
