"""Templates, translated when they are compiled: a sentence without blanks is part of the page's text in each language.

A page has dozens of sentences. Looking each up whenever the page is made took a quarter of its time; so there is an
environment of templates for each language, made when somebody first reads it, and the sentence stands in the compiled
template as if it had been written there. What has blanks is filled when the page is made.
"""

from typing import Any

from flask.templating import Environment
from flask_babel import force_locale, gettext
from jinja2 import Template, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.visitor import NodeTransformer

from app.i18n import LOCALES, language


class _Translated(NodeTransformer):
    """`_('…')` becomes the sentence."""

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        self.generic_visit(node)
        plain = len(node.args) == 1 and not (node.kwargs or node.dyn_args or node.dyn_kwargs)
        if not plain or not isinstance(node.node, nodes.Name) or node.node.name != "_":
            return node
        text = node.args[0]
        if not isinstance(text, nodes.Const) or not isinstance(text.value, str):
            return node
        return nodes.MarkSafe(nodes.Const(gettext(text.value) % {}, lineno=node.lineno), lineno=node.lineno)


class _Generator(CodeGenerator):
    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:
        own = self.environment
        assert isinstance(own, Pages)
        if own.language and nodes.EvalContext(own, self.name).autoescape:  # text that is no page is filled as ever
            with force_locale(LOCALES[own.language]):
                node = _Translated().visit(node)
        super().visit_Template(node, frame)


class _Page(Template):
    def _get_default_module(self, ctx: Any = None) -> Any:
        """The macros of an imported template: made once, as our templates all have the same globals. Jinja would compare
        the names of all of them with the importing page's, each time."""
        return super()._get_default_module()


class Pages(Environment):
    """Gives the template in the reader's language; whatever it extends or includes is in that language, too."""

    code_generator_class = _Generator
    template_class = _Page
    language = ""  # of this environment; the first one is of none and asks one that is

    def __init__(self, app: Any, **options: Any) -> None:
        super().__init__(app, **options)
        self._of: dict[str, Pages] = {}

    def get_template(self, name: Any, parent: str | None = None, globals: Any = None) -> Template:
        if self.language:
            return super().get_template(name, parent, globals)
        return self.of(language()).get_template(name, parent, globals)

    def of(self, language: str) -> "Pages":
        """The templates in a language. Filters and globals are those of all."""
        found = self._of.get(language)
        if found is None:
            found = self._of[language] = self.overlay()
            found.language = language
        return found
