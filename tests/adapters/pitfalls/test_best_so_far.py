"""What is better than the first is not yet the best: found in all languages, and left where not."""

import pytest
from adapters.pitfalls.known_cases import both
from adapters.pitfalls.script_rules import offered

from spark_desktop.adapters.pitfalls.best_so_far import best_so_far

WRONG = {
    "a.ts": """
function nearest(tips: number[], start: number): number {
  let best = start;
  if (tips[1] < tips[start]) best = 1;
  if (tips[2] < tips[«start→best»]) {
    best = 2;
  }
  return best;
}
""",
    "loop.ts": """
function tallest(trees: Tree[]): Tree {
  let top = trees[0];
  for (const tree of trees) {
    if (isTaller(tree, trees[0])) top = tree;
  }
  return top;
}
""".replace("isTaller(tree, trees[0])", "isLarger(tree, «trees[0]→top»)"),
    "a.py": """
def sift(heap, i):
    while True:
        smallest = i
        left, right = 2 * i + 1, 2 * i + 2
        if left < len(heap) and heap[left] < heap[i]:
            smallest = left
        if right < len(heap) and heap[right] < heap[«i→smallest»]:
            smallest = right
        if smallest == i:
            return
        heap[i], heap[smallest] = heap[smallest], heap[i]
        i = smallest
""",
    "loop.py": """
def longest(words):
    best = words[0]
    for word in words:
        if len(word) > len(«words[0]→best»):
            best = word
    return best
""",
    "a.go": """
package a

func sink(xs []int, at int) int {
	next := at
	if l := 2*at + 1; l > 0 {
		_ = l
	}
	return next
}

func three(xs []int, at, left, right int) int {
	next := at
	if left < len(xs) && xs[left] > xs[at] {
		next = left
	}
	if right < len(xs) && xs[right] > xs[«at→next»] {
		next = right
	}
	return next
}
""",
    "a.rs": """
fn three(xs: &[u32], at: usize, left: usize, right: usize) -> usize {
    let mut next = at;
    if left < xs.len() && xs[left] < xs[at] {
        next = left;
    }
    // The other one.
    if right < xs.len() && xs[right] < xs[«at→next»] {
        next = right;
    }
    next
}
""",
    "a.cpp": """
int three(const std::vector<int>& xs, int at, int left, int right) {
    int next = at;
    if (left < xs.size() && less(xs[left], xs[at])) next = left;
    if (right < xs.size() && less(xs[right], xs[«at→next»])) next = right;
    return next;
}
""",
}
RIGHT = {
    "with the best": "def f(a, i, l, r):\n    m = i\n    if a[l] < a[m]:\n        m = l\n"
    "    if a[r] < a[m]:\n        m = r\n    return m\n",
    "only one": "def f(a, i, l):\n    m = i\n    if a[l] < a[i]:\n        m = l\n    return m\n",
    "another value between": "def f(a, i, l, r):\n    m = i\n    if a[l] < a[i]:\n        m = l\n"
    "    m = g(m)\n    if a[r] < a[i]:\n        m = r\n    return m\n",
    "equality": "def f(a, i, l, r):\n    m = i\n    if a[l] == a[i]:\n        m = l\n"
    "    if a[r] == a[i]:\n        m = r\n    return m\n",
    "both branches": "def f(a, i, l, r):\n    m = i\n    if a[l] < a[i]:\n        m = l\n"
    "    if a[r] < a[i]:\n        m = r\n    else:\n        m = i\n    return m\n",
    "left at the first": "def f(xs):\n    m = xs[0]\n    for x in xs:\n        if x > xs[0]:\n"
    "            m = x\n            break\n    return m\n",
}


@pytest.mark.parametrize("path", WRONG)
def test_the_best_so_far_is_compared_with(path):
    before, after = both(WRONG[path])
    assert offered(best_so_far, before, path) == [after]


@pytest.mark.parametrize("name", RIGHT)
def test_nothing_is_changed(name):
    assert offered(best_so_far, RIGHT[name], "a.py") == []
