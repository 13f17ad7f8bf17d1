using DePinChain.Blocks;
using DePinChain.Consensus;
using DePinChain.Primitives;

namespace DePinChain.Engine;

/// <summary>The write-ahead log in consensus' terms: inputs, and beside them the blocks that they name.</summary>
public sealed class HeightLog(WriteAheadLog log) : IDisposable
{
    private const byte InputKind = 1;
    private const byte BlockKind = 2;

    private readonly SortedSet<Hash256> _blocks = [];

    /// <summary>The height the log is of; meaningless when <see cref="Condition"/> is Missing.</summary>
    public ulong Height => log.Height;

    /// <summary>What opening found, Damaged also when a record could not be understood.</summary>
    public LogCondition Condition { get; private set; } = log.Condition;

    /// <inheritdoc cref="WriteAheadLog.IsNew"/>
    public bool IsNew => log.IsNew;

    /// <summary>Records found when opening.</summary>
    public int RecordCount => log.Records.Count;

    /// <summary>Reads the inputs found when opening, oldest first, handing out each block before the input that names it.</summary>
    public IReadOnlyList<Input> Read(Action<Block> keep)
    {
        List<Input> inputs = [];
        foreach (LogRecord record in log.Records)
        {
            if (record.Kind == BlockKind && Block.TryDecode(record.Payload, out Block? block, out _))
            {
                _blocks.Add(block.Hash);
                keep(block);
            }
            else if (record.Kind == InputKind && InputCodec.TryDecode(record.Payload.Span, out Input? input, out _))
            {
                inputs.Add(input);
            }
            else
            {
                // The checksum held, so another version wrote it: what it meant cannot be guessed.
                Condition = LogCondition.Damaged;
                break;
            }
        }

        return inputs;
    }

    /// <summary>Adds an input, and before it the block that it names unless that is in the log already.</summary>
    public void Append(Input input, Block? block)
    {
        if (block is not null && _blocks.Add(block.Hash)) log.Append(BlockKind, block.Encode());
        log.Append(InputKind, InputCodec.Encode(input));
    }

    /// <inheritdoc cref="WriteAheadLog.Flush"/>
    public void Flush() => log.Flush();

    /// <inheritdoc cref="WriteAheadLog.Reset"/>
    public void Reset(ulong height)
    {
        log.Reset(height);
        Condition = LogCondition.Whole;
        _blocks.Clear();
    }

    /// <inheritdoc/>
    public void Dispose() => log.Dispose();
}
