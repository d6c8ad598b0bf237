using static HitlReview.Web.Components.Executions.GraphLayout;

namespace HitlReview.Web.Components.Executions;

/// <summary>Draws what hangs together in a graph, in columns, with few crossings and no link through a box (after Sugiyama).</summary>
/// <remarks>An item is a node or, from the number of nodes on, the lane of a link in a column that the link runs through.</remarks>
sealed class GraphColumns
{
    // Links are drawn around boxes as long as that is a drawing at all; the longest of a dense graph run straight, behind the boxes.
    const int MaxLanes = 4_000;
    const int Sweeps = 4;

    readonly List<int> _layerOf = [];
    readonly List<List<int>> _before = [], _after = [];
    readonly int _nodes;
    List<int>[] _layers = [];
    double[] _middle = [];

    /// <param name="nodes">How many nodes there are.</param>
    /// <param name="links">The links, each once and none from a node to itself.</param>
    public GraphColumns(int nodes, List<(int From, int To)> links)
    {
        _nodes = nodes;
        var order = Order(links);
        // A link that closes a cycle is laid out as if it ran the other way: all links then agree with the order.
        var forward = links.Select(link => order[link.From] < order[link.To] ? link : (From: link.To, To: link.From)).ToList();
        Layer(order, [.. forward.Distinct()]);
        var lanes = Thread([.. forward.Distinct()]);
        Arrange(order);
        Level();

        Boxes = [.. Enumerable.Range(0, _nodes)
            .Select(node => new GraphBox(_layerOf[node], Left(_layerOf[node]), _middle[node] - (BoxHeight / 2)))];
        Wires = [.. links.Select((link, i) => Wire(link, forward[i], lanes[forward[i]]))];
        Width = Left(_layers.Length - 1) + BoxWidth;
        Height = Enumerable.Range(0, _middle.Length).Max(item => _middle[item] + (HeightOf(item) / 2));
    }

    public IReadOnlyList<GraphBox> Boxes { get; }

    public IReadOnlyList<GraphWire> Wires { get; }

    public double Width { get; }

    public double Height { get; }

    static double Left(int layer) => layer * (BoxWidth + ColumnGap);

    double HeightOf(int item) => item < _nodes ? BoxHeight : 0;

    /// <summary>Puts each node after those that feed it, as far as cycles allow. A cycle is entered where it is fed from outside.</summary>
    /// <returns>The place of each node.</returns>
    int[] Order(List<(int From, int To)> links)
    {
        var place = Enumerable.Repeat(-1, _nodes).ToArray();
        var (open, sinks, isFed) = (new int[_nodes], links.ToLookup(link => link.From, link => link.To), new bool[_nodes]);
        foreach (var (_, to) in links)
            open[to]++;
        for (var next = 0; next < _nodes; next++)
        {
            var node = Enumerable.Range(0, _nodes).Where(n => place[n] < 0).MinBy(n => open[n] == 0 ? 0 : isFed[n] ? 1 : 2);
            place[node] = next;
            foreach (var to in sinks[node])
            {
                open[to]--;
                isFed[to] = true;
            }
        }
        return place;
    }

    /// <summary>
    /// Gives each node the column after the last of those that feed it; what nothing feeds stands just before the first that it feeds.
    /// </summary>
    void Layer(int[] order, List<(int From, int To)> links)
    {
        var (into, outOf) = (links.ToLookup(link => link.To, link => link.From), links.ToLookup(link => link.From, link => link.To));
        _layerOf.AddRange(new int[_nodes]);
        foreach (var node in Enumerable.Range(0, _nodes).OrderBy(n => order[n]))
            _layerOf[node] = into[node].Select(from => _layerOf[from] + 1).DefaultIfEmpty(0).Max();
        foreach (var node in Enumerable.Range(0, _nodes).Where(n => !into[n].Any() && outOf[n].Any()))
            _layerOf[node] = outOf[node].Min(to => _layerOf[to]) - 1;
    }

    /// <summary>Gives a link a lane in each column that it runs through.</summary>
    /// <returns>The lanes of each link, from left to right.</returns>
    Dictionary<(int From, int To), List<int>> Thread(List<(int From, int To)> links)
    {
        for (var node = 0; node < _nodes; node++)
            Add();
        var lanes = new Dictionary<(int From, int To), List<int>>();
        foreach (var link in links.OrderBy(link => _layerOf[link.To] - _layerOf[link.From]))
        {
            var (own, last, between) = (new List<int>(), link.From, _layerOf[link.To] - _layerOf[link.From] - 1);
            if (_before.Count - _nodes + between <= MaxLanes)
                for (var layer = _layerOf[link.From] + 1; layer < _layerOf[link.To]; layer++)
                {
                    own.Add(_before.Count);
                    _layerOf.Add(layer);
                    Add();
                    Join(last, own[^1]);
                    last = own[^1];
                }
            // A link that has no lane has no say in the order either.
            if (own.Count == between)
                Join(last, link.To);
            lanes[link] = own;
        }
        return lanes;

        void Add()
        {
            _before.Add([]);
            _after.Add([]);
        }

        void Join(int left, int right)
        {
            _after[left].Add(right);
            _before[right].Add(left);
        }
    }

    /// <summary>Orders each column by where its neighbours stand, to and fro, so that few links cross.</summary>
    void Arrange(int[] order)
    {
        _layers = [.. Enumerable.Range(0, _layerOf.Max() + 1).Select(_ => new List<int>())];
        foreach (var item in Enumerable.Range(0, _layerOf.Count).OrderBy(item => item < _nodes ? order[item] : item))
            _layers[_layerOf[item]].Add(item);
        var place = new double[_layerOf.Count];
        Array.ForEach(_layers, Number);
        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            for (var layer = _layers.Length - 2; layer >= 0; layer--)
                Sort(layer, _after);
            for (var layer = 1; layer < _layers.Length; layer++)
                Sort(layer, _before);
        }

        void Sort(int layer, List<List<int>> neighbours)
        {
            _layers[layer] = [.. _layers[layer]
                .OrderBy(item => neighbours[item].Count == 0 ? place[item] : neighbours[item].Average(n => place[n]))];
            Number(_layers[layer]);
        }

        void Number(List<int> layer)
        {
            for (var i = 0; i < layer.Count; i++)
                place[layer[i]] = (i + 0.5) / layer.Count;
        }
    }

    /// <summary>Draws neighbours level with each other as far as the order in their columns allows.</summary>
    void Level()
    {
        _middle = new double[_layerOf.Count];
        Array.ForEach(_layers, layer => Settle(layer, _ => 0));
        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            foreach (var layer in _layers.Reverse())
                Settle(layer, item => Mean(_after[item], item));
            // The last word: a chain is then level to its end.
            foreach (var layer in _layers)
                Settle(layer, item => Mean(_before[item], item));
        }
        var top = Enumerable.Range(0, _middle.Length).Min(item => _middle[item] - (HeightOf(item) / 2));
        for (var item = 0; item < _middle.Length; item++)
            _middle[item] = Math.Round(_middle[item] - top, 1);
    }

    double Mean(List<int> neighbours, int item) => neighbours.Count == 0 ? _middle[item] : neighbours.Average(n => _middle[n]);

    /// <summary>
    /// Places a column as near as can be to where its items want to be, in their order and with room between them (pool adjacent
    /// violators).
    /// </summary>
    void Settle(List<int> layer, Func<int, double> wanted)
    {
        var (offset, blocks) = (new double[layer.Count], new Stack<(double Sum, int Count)>());
        for (var i = 0; i < layer.Count; i++)
        {
            if (i > 0)
                offset[i] = offset[i - 1]
                    + ((HeightOf(layer[i - 1]) + HeightOf(layer[i])) / 2)
                    + (layer[i - 1] < _nodes && layer[i] < _nodes ? RowGap : LaneGap);
            var block = (Sum: wanted(layer[i]) - offset[i], Count: 1);
            while (blocks.TryPeek(out var above) && above.Sum / above.Count > block.Sum / block.Count)
            {
                blocks.Pop();
                block = (block.Sum + above.Sum, block.Count + above.Count);
            }
            blocks.Push(block);
        }
        var at = 0;
        foreach (var (sum, count) in blocks.Reverse())
            for (var end = at + count; at < end; at++)
                _middle[layer[at]] = (sum / count) + offset[at];
    }

    GraphWire Wire((int From, int To) link, (int From, int To) forward, List<int> lanes)
    {
        var points = new List<GraphPoint> { new(Left(_layerOf[forward.From]) + BoxWidth, _middle[forward.From]) };
        foreach (var lane in lanes)
        {
            points.Add(new(Left(_layerOf[lane]), _middle[lane]));
            points.Add(new(Left(_layerOf[lane]) + BoxWidth, _middle[lane]));
        }
        points.Add(new(Left(_layerOf[forward.To]), _middle[forward.To]));
        var isBack = link != forward;
        if (isBack)
            points.Reverse();
        return new(link.From, link.To, points, isBack);
    }
}
