from kotovec.notes.wikilinks import Wikilinks


def test_links_name_the_file_and_show_the_title():
    links = Wikilinks(["Raven.md", "a/Crow.md", "b/crow.md", "notes/2024.05.md", "C# [x].md", "text.txt"])
    assert links.to("Raven.md", "Raven") == "[[Raven]]"
    assert links.to("Raven.md", "The raven") == "[[Raven|The raven]]"
    assert links.to("a/Crow.md", "Crow") == "[[a/Crow|Crow]]"
    assert links.to("notes/2024.05.md", "2024.05") == "[[2024.05]]"
    assert links.to("text.txt", "text") == "[[text]]"


def test_a_link_cannot_be_broken_out_of_by_a_title_or_a_name():
    links = Wikilinks(["Raven.md", "C# [x].md"])
    assert links.to("Raven.md", "a]] [[b|c\nd") == "[[Raven]]"
    assert links.to("C# [x].md", "[x]\ny") == "[(x) y](<C# [x].md>)"
