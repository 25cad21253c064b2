"""Scripts as people write them for gensim 4: they run with kotovec after changing the import, and find the same."""

from __future__ import annotations

import random
import textwrap
import warnings
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("gensim.models")

TOPICS = [[f"{topic}{i}" for i in range(6)] for topic in ("sea", "sky", "oak")]
GENERATOR = random.Random(4)
SENTENCES = [GENERATOR.choices(GENERATOR.choice(TOPICS), k=8) for _ in range(400)]


def run(script: str, package: str, folder: Path) -> dict[str, Any]:
    """The names that a script leaves. It finds `sentences` and `folder`; its imports are for gensim."""
    changed = script.replace("from gensim.models import", "from kotovec import") if package == "kotovec" else script
    assert (package == "gensim") == ("gensim" in changed), "a script may import nothing but names of gensim.models"
    names: dict[str, Any] = {"sentences": SENTENCES, "folder": str(folder)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # gensim's own
        exec(textwrap.dedent(changed), names)
    return names


TRAIN = """
    from gensim.models import Word2Vec
    model = Word2Vec(sentences=sentences, vector_size=20, window=4, min_count=1, workers=1, epochs=30, sample=0,
                     sg={sg})
"""

SCRIPTS = {
    "train, save, load, ask": TRAIN
    + """
    model.save(folder + "/word2vec.model")
    model = Word2Vec.load(folder + "/word2vec.model")
    vector = model.wv['sea1']
    sims = model.wv.most_similar('sea1', topn=3)
    found = [vector.shape, len(sims), {word[:3] for word, _ in sims}, len(model.wv)]
    """,
    "save to a temporary file, as the tutorial does": TRAIN
    + """
    import tempfile
    with tempfile.NamedTemporaryFile(prefix='model-', dir=folder, delete=False) as tmp:
        model.save(tmp.name)
    new_model = Word2Vec.load(tmp.name)
    new_model.train([['sea1', 'sea2', 'sea3']] * 5, total_examples=5, epochs=new_model.epochs)
    found = [new_model.epochs, new_model.wv.similarity('sea1', 'sea2') > new_model.wv.similarity('sea1', 'oak2')]
    """,
    "keep the vectors alone": TRAIN
    + """
    from gensim.models import KeyedVectors
    word_vectors = model.wv
    del model
    word_vectors.save(folder + "/word2vec.wordvectors")
    wv = KeyedVectors.load(folder + "/word2vec.wordvectors", mmap='r')
    found = [wv['sky2'].shape, wv.index_to_key == word_vectors.index_to_key]
    found.append(bool((wv['sky2'] == word_vectors['sky2']).all()))
    """,
    "an iterable of one's own, and an epoch at a time": """
    from gensim.models import Word2Vec
    class MyCorpus:
        def __iter__(self):
            for sentence in sentences:
                yield sentence
    class EpochLogger:
        def __init__(self):
            self.epoch, self.losses = 0, []
        def on_epoch_begin(self, model):
            pass
        def on_train_begin(self, model):
            pass
        def on_train_end(self, model):
            pass
        def on_epoch_end(self, model):
            self.losses.append(model.get_latest_training_loss())
            self.epoch += 1
    logger = EpochLogger()
    model = Word2Vec(vector_size=10, min_count=1, workers=1, sg={sg})
    model.build_vocab(corpus_iterable=MyCorpus(), progress_per=10000)
    model.train(
        MyCorpus(), total_examples=model.corpus_count, epochs=model.epochs, compute_loss=True, callbacks=[logger]
    )
    found = [logger.epoch, len(logger.losses), logger.losses[0] > 0, model.corpus_count, model.corpus_total_words]
    found += [model.wv.vectors.shape, model.epochs, model.cbow_mean, model.layer1_size]
    """,
    "walk through the vocabulary": TRAIN
    + """
    counts = {word: model.wv.get_vecattr(word, "count") for word in model.wv.key_to_index}
    first = [word for index, word in enumerate(model.wv.index_to_key) if index < 5]
    rows = [model.wv.key_to_index[word] for word in first]
    found = [counts, rows, 'nothing' in model.wv, model.wv.has_index_for('sea1'), model.wv.vector_size]
    try:
        model.wv['nothing']
    except KeyError:
        found.append('no such word')
    """,
    "questions of the tutorial": TRAIN
    + """
    pairs = [('sea1', 'sea2'), ('sea1', 'oak1')]
    near, far = [model.wv.similarity(w1, w2) for w1, w2 in pairs]
    most = model.wv.most_similar(positive=['sea1', 'sea2'], negative=['oak3'], topn=5)
    odd = model.wv.doesnt_match(['sea1', 'sea2', 'sea3', 'sky4'])
    predicted = model.predict_output_word(['sea1', 'sea2'], topn=3)
    found = [near > far, len(most), most[0][0][:3], odd, predicted[0][0][:3]]
    found.append(model.wv.n_similarity(['sea1', 'sea2'], ['sea3']) > model.wv.n_similarity(['sea1'], ['sky3']))
    found.append(model.wv.wmdistance(['sea1', 'sea2'], ['sea3']) < model.wv.wmdistance(['sea1'], ['sky3']))
    """,
    "exchange files with the C tool": TRAIN
    + """
    import numpy as np
    from gensim.models import KeyedVectors
    model.wv.save_word2vec_format(folder + '/v.bin', folder + '/counts', binary=True)
    model.wv.save_word2vec_format(folder + '/v.txt', binary=False)
    from_bin = KeyedVectors.load_word2vec_format(folder + '/v.bin', fvocab=folder + '/counts', binary=True, limit=10)
    from_text = KeyedVectors.load_word2vec_format(folder + '/v.txt', binary=False, datatype=np.float64)
    count = from_bin.get_vecattr(from_bin.index_to_key[0], 'count')
    found = [len(from_bin), count, from_text.vectors.dtype.name]
    found.append(float(abs(from_text.vectors - model.wv.vectors).max()) < 1e-6)
    """,
    "a matrix for an embedding layer": TRAIN
    + """
    import numpy as np
    from gensim.models import KeyedVectors
    extra = KeyedVectors(vector_size=20)
    extra.add_vectors(['<pad>', '<unk>'], np.zeros((2, 20), dtype=np.float32))
    extra.add_vectors(model.wv.index_to_key, model.wv.vectors)
    found = [extra.get_index('<unk>'), extra.vectors.shape, extra.get_index('unseen', 1)]
    mean = extra.get_mean_vector(['sea1', 'sea2', 'unseen'], pre_normalize=False)
    found.append(bool(np.allclose(mean, (model.wv['sea1'] + model.wv['sea2']) / 2, atol=1e-6)))
    normed = model.wv.get_normed_vectors()
    found.append(bool(np.allclose(np.linalg.norm(normed, axis=1), 1, atol=1e-5)))
    """,
    "evaluate": TRAIN
    + """
    with open(folder + '/pairs.tsv', 'w') as file:
        file.write('sea1\\tsea2\\t9\\nsea1\\toak2\\t1\\nsky1\\tsky4\\t8\\nsky1\\toak4\\t2\\nsky1\\tunseen\\t2\\n')
    with open(folder + '/questions.txt', 'w') as file:
        file.write(': one\\nsea1 sea2 sky1 sky2\\n: two\\noak1 oak2 sea1 unseen\\noak1 oak2 sea1 sea2\\n')
    pearson, spearman, share = model.wv.evaluate_word_pairs(folder + '/pairs.tsv')
    score, sections = model.wv.evaluate_word_analogies(folder + '/questions.txt')
    found = [pearson[0] > 0.9, spearman[0] > 0.3, pearson.statistic == pearson[0], share, 0 <= score <= 1]
    found += [section['section'] for section in sections]
    """,
    "words with counts from elsewhere": """
    from gensim.models import Word2Vec
    model = Word2Vec(vector_size=8, min_count=2, sg={sg})
    model.build_vocab_from_freq({'sea1': 9, 'sea2': 7, 'rare': 1}, corpus_count=400)
    model.train(sentences, total_examples=model.corpus_count, epochs=2)
    found = [model.wv.index_to_key, model.wv.vectors.shape, model.min_count]
    """,
    "a file with every argument, and words for another model": TRAIN
    + """
    import numpy as np
    from gensim.models import KeyedVectors
    model.wv.save_word2vec_format(folder + '/v.txt', fvocab=folder + '/counts', binary=False, total_vec=None,
                                  write_header=False, prefix='', append=False, sort_attr='count')
    wv = KeyedVectors.load_word2vec_format(folder + '/v.txt', fvocab=folder + '/counts', binary=False, encoding='utf8',
                                           unicode_errors='ignore', limit=9, datatype=np.float16, no_header=True)
    found = [len(wv), wv.vectors.dtype.name, wv.get_vecattr(wv.index_to_key[8], 'count')]
    wv.add_vectors(['new', wv.index_to_key[0]], np.ones((2, 20)), replace=True)
    wv.set_vecattr('new', 'count', 10**6)
    wv.sort_by_descending_frequency()
    some = wv.vectors_for_all(['unseen', 'new', wv.index_to_key[3]], allow_inference=False, copy_vecattrs=True)
    found += [wv.index_to_key[0], wv['new'].tolist(), some.index_to_key, some.get_vecattr('new', 'count')]
    found += [wv.most_similar('new', topn=0), wv.most_similar('new', topn=None).shape, len(wv.most_similar('new'))]
    """,
    "retry where there is too little text": """
    from gensim.models import Word2Vec
    found = []
    for min_count in (10**6, 1):
        try:
            model = Word2Vec(sentences, vector_size=8, min_count=min_count, epochs=1, sg={sg})
            found.append(len(model.wv))
        except RuntimeError:
            found.append('too little text')
    """,
}


@pytest.mark.parametrize("sg", [0, 1])
@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_for_gensim_runs_after_changing_the_import(name: str, sg: int, tmp_path: Path) -> None:
    found = []
    for package in ("gensim", "kotovec"):
        (tmp_path / package).mkdir()
        found.append(run(SCRIPTS[name].replace("{sg}", str(sg)), package, tmp_path / package)["found"])
    assert found[0] == found[1]


def test_a_script_that_finds_something_else_would_be_seen(tmp_path: Path) -> None:
    script = "from gensim.models import Word2Vec\nfound = Word2Vec.__module__"
    assert run(script, "gensim", tmp_path)["found"] != run(script, "kotovec", tmp_path)["found"]
    with pytest.raises(AssertionError, match="nothing but names of gensim.models"):
        run("import gensim.downloader", "kotovec", tmp_path)
