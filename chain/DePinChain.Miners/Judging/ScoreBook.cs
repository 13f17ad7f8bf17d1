using System.Buffers.Binary;
using DePinChain.Miners.Homes;
using DePinChain.Miners.Links;
using DePinChain.Primitives;

namespace DePinChain.Miners.Judging;

/// <summary>Scores of miners and the checks they come from; each check is on disk with its effect before the next is made.</summary>
internal sealed class ScoreBook(SubnetHome home, ValidatorNotes notes, TaskManifest manifest)
{
    /// <summary>Begins an epoch: the checks of the last one are in its evidence.</summary>
    public void Begin(ulong epoch)
    {
        lock (notes.Gate)
        {
            if (notes.Epoch == epoch) return;
            notes.Epoch = epoch;
            notes.Checks.Clear();
            notes.Save(home);
        }
    }

    public bool IsDone(Address miner, int number)
    {
        lock (notes.Gate) return notes.Checks.Any(check => check.Number == number && check.Hotkey == miner.ToString());
    }

    /// <summary>What a miner is thought of, for who asks whom.</summary>
    public double ScoreOf(NeuronView miner)
    {
        lock (notes.Gate)
        {
            return notes.Scores.TryGetValue(miner.Hotkey.ToString(), out ScoreNote? note) && note.RegisteredAt == miner.RegisteredAt
                && note.FailedIn != notes.Epoch + 1 ? note.Score : 0;
        }
    }

    /// <summary>Whether a miner's last answer was false, or one of this epoch was: nobody is sent to it.</summary>
    public bool IsExposed(NeuronView miner)
    {
        lock (notes.Gate)
        {
            return notes.Scores.TryGetValue(miner.Hotkey.ToString(), out ScoreNote? note) && note.RegisteredAt == miner.RegisteredAt
                && (note.FailedIn == notes.Epoch + 1 || note.LastVerdict == nameof(TaskVerdict.Fail));
        }
    }

    /// <summary>Takes a check: s = a · r + (1 − a) · s; an answer that is proven false sets s to nothing.</summary>
    /// <param name="epoch">The epoch it was made for; a check that ends in another one counts for nothing.</param>
    /// <param name="miner">Who was checked.</param>
    /// <param name="number">The task's number; -1 for what a person asked.</param>
    /// <param name="verdict">How it ended.</param>
    /// <param name="reward">r, from 0 to 1.</param>
    /// <param name="leaf">The evidence.</param>
    public void Take(ulong epoch, NeuronView miner, int number, TaskVerdict verdict, double reward, byte[] leaf)
    {
        string name = miner.Hotkey.ToString();
        lock (notes.Gate)
        {
            if (notes.Epoch != epoch) return;
            notes.Checks.Add(new CheckNote
            {
                Number = number,
                Uid = miner.Uid,
                Hotkey = name,
                Verdict = verdict.ToString(),
                Leaf = Hex.Encode(leaf),
            });
            ScoreNote note = notes.Scores.TryGetValue(name, out ScoreNote? known) && known.RegisteredAt == miner.RegisteredAt
                ? known : new ScoreNote { RegisteredAt = miner.RegisteredAt };
            double alpha = manifest.Scoring.AlphaPermille / 1_000.0;
            note.Checked++;
            note.LastVerdict = verdict.ToString();
            switch (verdict)
            {
                case TaskVerdict.Fail:
                    (note.Score, note.FailedIn) = (0, epoch + 1);
                    break;
                case TaskVerdict.Abstain:
                    break;
                default:
                    if (verdict == TaskVerdict.Pass) note.Passed++;
                    note.Score = (alpha * reward) + ((1 - alpha) * note.Score);
                    break;
            }

            notes.Scores[name] = note;
            notes.Save(home);
        }
    }

    /// <summary>The evidence of this epoch so far.</summary>
    public IReadOnlyList<byte[]> Leaves()
    {
        lock (notes.Gate) return [.. notes.Checks.Select(static check => Hex.Decode(check.Leaf))];
    }

    /// <summary>
    /// Weights as the chain takes them: uid and value in two bytes each, uids ascending, the largest value 65,535. Nobody is weighed on
    /// fewer checks than the manifest asks for.
    /// </summary>
    public byte[] Weights(SubnetView view, IReadOnlyDictionary<Address, AxonView> axons, Address self)
    {
        lock (notes.Gate)
        {
            if (notes.Checks.Count < manifest.MinEvidence) return [];
            (ushort Uid, double Score)[] scores =
            [
                .. view.Neurons.Where(neuron => axons.ContainsKey(neuron.Hotkey) && neuron.Hotkey != self)
                    .OrderBy(static neuron => neuron.Uid).Select(neuron => (neuron.Uid, ScoreOf(neuron))),
            ];
            double most = scores.Select(static score => score.Score).DefaultIfEmpty(0).Max();
            byte[] packed = new byte[scores.Length * 4];
            for (int at = 0; at < scores.Length; at++)
            {
                BinaryPrimitives.WriteUInt16BigEndian(packed.AsSpan(4 * at), scores[at].Uid);
                BinaryPrimitives.WriteUInt16BigEndian(
                    packed.AsSpan((4 * at) + 2), most > 0 ? (ushort)Math.Round(scores[at].Score / most * ushort.MaxValue) : (ushort)0);
            }

            return packed;
        }
    }

    /// <summary>What is known, for people.</summary>
    public IReadOnlyList<(string Hotkey, ScoreNote Note)> Snapshot()
    {
        lock (notes.Gate) return [.. notes.Scores.Select(static entry => (entry.Key, entry.Value with { }))];
    }

    /// <summary>How many checks this epoch has.</summary>
    public int Checks
    {
        get
        {
            lock (notes.Gate) return notes.Checks.Count;
        }
    }
}
