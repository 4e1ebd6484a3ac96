"""The fixture, tried by a small pytest inside pytest."""

from __future__ import annotations

import pytest

pytest_plugins = ["pytester"]

ASK = """
    import json, os, urllib.request

    def ask(say):
        body = json.dumps({"model": "m", "messages": [{"role": "user", "content": say}]}).encode()
        headers = {"authorization": "Bearer " + os.environ["OPENAI_API_KEY"]}
        url = os.environ["OPENAI_BASE_URL"] + "/chat/completions"
        try:
            with urllib.request.urlopen(urllib.request.Request(url, body, headers)) as answer:
                return json.load(answer)["choices"][0]["message"]["content"]
        except urllib.error.HTTPError as error:
            error.close()
            return error.code
"""


def outcomes(pytester: pytest.Pytester, tests: str) -> tuple[dict[str, int], str]:
    pytester.makepyfile(f"{ASK}\n{tests}")
    done = pytester.runpytest_subprocess("-p", "no:randomly", "-p", "no:cacheprovider")
    return done.parseoutcomes(), done.stdout.str()


def test_a_test_scripts_its_own_answers(pytester: pytest.Pytester) -> None:
    found, _ = outcomes(
        pytester,
        """
    def test_one(mockserver):
        mockserver.reply("One.")
        assert ask("x") == "One."
        assert mockserver.requests[-1].user == "x"

    def test_two(mockserver):
        mockserver.reply("Two.")
        assert ask("x") == "Two."
        assert len(mockserver.requests) == 1
    """,
    )

    assert found == {"passed": 2}


def test_an_unmatched_request_fails_the_test_at_its_end(pytester: pytest.Pytester) -> None:
    found, told = outcomes(
        pytester,
        """
    def test_it(mockserver):
        assert ask("Hello!") == 404
    """,
    )

    assert found == {"passed": 1, "errors": 1}
    assert "The mock server was not used as scripted" in told


def test_the_environment_is_put_back(pytester: pytest.Pytester) -> None:
    found, _ = outcomes(
        pytester,
        """
    def test_one(mockserver):
        assert os.environ["OPENAI_BASE_URL"] == mockserver.urls.openai

    def test_two():
        assert "OPENAI_BASE_URL" not in os.environ
    """,
    )

    assert found == {"passed": 2}
