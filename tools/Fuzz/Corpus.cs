namespace Salon.Fuzz;

/// <summary>Inputs of one parser that are worth starting from, each with a behaviour of its own. Kept in a file, one input a line, as base64.</summary>
internal sealed class Corpus
{
    // Enough of each kind; more would only be mutated less often.
    private const int MaxCount = 400;
    private const int MaxLength = 300;

    private readonly string _path;
    private readonly List<byte[]> _inputs = [];
    private readonly HashSet<int> _behaviours = [];

    private Corpus(string path) => _path = path;

    public int Count => _inputs.Count;

    public byte[] this[int index] => _inputs[index];

    public static Corpus Load(string folder, Target target)
    {
        var corpus = new Corpus(Path.Combine(folder, target.Name + ".txt"));
        var kept = File.Exists(corpus._path) ? File.ReadAllLines(corpus._path).Select(Convert.FromBase64String) : [];

        foreach (var input in target.Seeds.Concat(kept))
        {
            corpus._inputs.Add(input);
        }

        return corpus;
    }

    /// <summary>Keeps an input whose behaviour is new.</summary>
    public void Offer(byte[] input, int behaviour)
    {
        if (_behaviours.Add(behaviour) && _inputs.Count < MaxCount && input.Length <= MaxLength && !_inputs.Exists(known => known.AsSpan().SequenceEqual(input)))
        {
            _inputs.Add(input);
        }
    }

    public void Save()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        File.WriteAllLines(_path, _inputs.Select(Convert.ToBase64String).Distinct());
    }
}
